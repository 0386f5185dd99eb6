// The panel: every fact with the user's own words, each to be corrected; what leads, and what could change it.
import { useState } from 'react';
import { useAuth, useChatData, useChatInteract } from '@chainlit/react-client';

function Editor({ fact, hint, busy, say, close }) {
  const [text, setText] = useState('');
  if (fact.choices.length > 1)
    return (
      <div className="ha-choices">
        {fact.choices.map((label) => (
          <button key={label} type="button" disabled={busy} onClick={() => say(label)}>
            {label}
          </button>
        ))}
        <button type="button" className="ha-quiet" onClick={close}>
          Leave it
        </button>
      </div>
    );
  return (
    <form
      className="ha-edit"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim()) say(text.trim());
      }}
    >
      <input
        autoFocus
        aria-label={fact.text}
        placeholder={hint || fact.text}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <button type="submit" disabled={busy || !text.trim()}>
        Say it
      </button>
      <button type="button" className="ha-quiet" onClick={close}>
        Leave it
      </button>
    </form>
  );
}

function Fact({ fact, hint, editing, setEditing, busy, say }) {
  const notes = { assumed: 'left open', unknown: 'you don’t know', open: 'not said yet' };
  return (
    <li data-testid={`fact-${fact.key}`}>
      <div className="ha-fact">
        <div>
          <span className="ha-label">{fact.label}</span>
          <span className="ha-value">
            {fact.words || notes[fact.status]}
            {fact.sure === 'hedged' ? ' (not sure)' : ''}
            {fact.sure === 'guessed' ? ' (my guess)' : ''}
          </span>
          {fact.said ? <q>{fact.said}</q> : null}
        </div>
        <button
          type="button"
          className="ha-quiet"
          aria-label={`${fact.status === 'stated' ? 'Correct' : 'Say'}: ${fact.label}`}
          aria-expanded={editing}
          onClick={() => setEditing(editing ? null : fact.key)}
        >
          {fact.status === 'stated' ? 'Correct' : 'Say'}
        </button>
      </div>
      {editing ? <Editor fact={fact} hint={hint} busy={busy} say={say} close={() => setEditing(null)} /> : null}
    </li>
  );
}

export default function Understood() {
  const { sendMessage } = useChatInteract();
  const { loading, connected } = useChatData();
  const { user } = useAuth();
  const [editing, setEditing] = useState(null);
  const busy = loading || !connected;
  const percent = Math.round(props.settled * 100);
  const say = (fact) => (text) => {
    setEditing(null);
    sendMessage({
      threadId: '',
      id: '',
      name: user?.identifier || 'user',
      type: 'user_message',
      output: text,
      command: props.correcting.replace('{label}', fact.label),
      metadata: { about: fact.key }
    });
  };
  const listed = (facts) =>
    facts.map((fact) => (
      <Fact
        key={fact.key}
        fact={fact}
        hint={props.hints[fact.key]}
        editing={editing === fact.key}
        setEditing={setEditing}
        busy={busy}
        say={say(fact)}
      />
    ));
  const of = (...statuses) => props.facts.filter((fact) => statuses.includes(fact.status));
  const [stated, assumed, open] = [of('stated'), of('assumed'), of('open', 'unknown')];
  return (
    <section className="ha-panel" data-testid="panel">
      <div className="ha-bar">
        <span style={{ width: `${percent}%` }} />
      </div>
      <p>
        <b>{percent}% settled.</b> In the lead: {props.first_label}. The runner-up, {props.runner_up_label},{' '}
        {props.margin ? `is ${props.margin}% behind.` : 'is level.'}
      </p>
      <p className="ha-soft">
        Settled: how likely the advice is to stay once the questions still worth asking are answered.
      </p>
      <h4>What you said</h4>
      {stated.length ? <ul className="ha-facts">{listed(stated)}</ul> : <p className="ha-soft">Nothing yet.</p>}
      {assumed.length ? (
        <>
          <h4>What the memo assumes, since nobody said</h4>
          <ul className="ha-facts">{listed(assumed)}</ul>
        </>
      ) : null}
      {open.length ? (
        <details>
          <summary>Not known ({open.length})</summary>
          <ul className="ha-facts">{listed(open)}</ul>
        </details>
      ) : null}
      {props.could_change.length ? (
        <>
          <h4>What could still change it</h4>
          <ul className="ha-could">
            {props.could_change.map((one) => (
              <li key={one.fact}>
                <b>{one.label}</b>: if {one.phrase}, then {one.to_label}
              </li>
            ))}
          </ul>
        </>
      ) : (
        <p className="ha-soft">No open answer would change the first move.</p>
      )}
    </section>
  );
}
