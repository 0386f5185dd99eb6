// The rest of a memo: its sections, each opened by a click, with the same numbers to the same sources.
import { useRecoilValue } from 'recoil';
import { elementState } from '@chainlit/react-client';
import { Markdown } from '@/components/markdown';

const MARKER = /\[\d{1,4}\]/g;

export default function Details() {
  const sources = useRecoilValue(elementState).filter(
    (one) => one.forId === props.forId && one.display === 'page'
  );
  const named = new Set(sources.map((one) => one.name));
  const linked = (text) =>
    text.replace(MARKER, (found) => (named.has(found) ? `[${found}](${encodeURIComponent(found)})` : found));
  return (
    <div className="ha-details" data-testid="details">
      {props.sections.map((section) => (
        <details key={section.heading}>
          <summary>{section.heading}</summary>
          <Markdown allowHtml={false} latex={false} refElements={sources}>
            {linked(section.text)}
          </Markdown>
        </details>
      ))}
    </div>
  );
}
