// The memo to pass on: a download for each form.
export default function Documents() {
  return (
    <div className="ha-documents" data-testid="documents">
      <span className="ha-soft">Pass the memo on:</span>
      {props.forms.map((one) => (
        <a key={one.form} href={one.href} download title={one.label} data-testid={`download-${one.form}`}>
          {one.form.toUpperCase()}
        </a>
      ))}
    </div>
  );
}
