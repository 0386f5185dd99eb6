// A citation, opened beside the text: the passage with the quoted words marked, who published it and what
// that publisher sells. Everything is drawn as text.
import { useEffect, useState } from 'react';

function marked(body, quote) {
  const at = quote ? body.indexOf(quote) : -1;
  if (at < 0) return body;
  return [body.slice(0, at), <mark key="quote">{quote}</mark>, body.slice(at + quote.length)];
}

export default function Passage() {
  const [passage, setPassage] = useState(null);
  const [gone, setGone] = useState(false);
  useEffect(() => {
    let current = true;
    setPassage(null);
    setGone(false);
    fetch(`/advisor/passage?id=${encodeURIComponent(props.passage_id)}`, { credentials: 'include' })
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
      .then((found) => current && setPassage(found))
      .catch(() => current && setGone(true));
    return () => {
      current = false;
    };
  }, [props.passage_id]);
  const safe = /^https?:\/\//.test(props.url || '') ? props.url : null;
  return (
    <article className="ha-passage" data-testid="passage">
      <h3>
        {props.verbatim ? '' : 'Digest of '}
        {props.publisher}, “{props.title}”
      </h3>
      <dl>
        <dt>As of</dt>
        <dd>{props.date || 'undated'}</dd>
        <dt>Section</dt>
        <dd>{props.section}</dd>
        <dt>Publisher sells</dt>
        <dd>{props.sells}</dd>
      </dl>
      {passage ? (
        <blockquote>{marked(passage.body, props.quote)}</blockquote>
      ) : (
        <blockquote>
          <mark>{props.quote}</mark>
        </blockquote>
      )}
      {gone ? <p className="ha-soft">The rest of the passage is no longer in the index.</p> : null}
      <p className="ha-soft">
        {props.verbatim
          ? 'Quoted word for word from the document.'
          : 'Our own words: figures and facts are the guide’s, the sentences are not.'}
      </p>
      {safe ? (
        <p>
          <a href={safe} target="_blank" rel="noopener noreferrer">
            The guide on its publisher’s site
          </a>
        </p>
      ) : null}
    </article>
  );
}
