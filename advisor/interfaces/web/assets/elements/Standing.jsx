// Under the last reply: how settled the answer is and what could still change it. It also keeps the panel in
// step, and opens a citation beside the text instead of on a page of its own.
import { useEffect, useRef } from 'react';
import { useRecoilState } from 'recoil';
import { elementState, sideViewState } from '@chainlit/react-client';

const PANEL = 'understood';
const SOURCE = 'Source';
const WIDE = 1280;

export default function Standing() {
  const [elements, setElements] = useRecoilState(elementState);
  const [side, setSide] = useRecoilState(sideViewState);
  const before = useRef(side);
  const percent = Math.round(props.settled * 100);
  const known = props.facts.filter((fact) => fact.status === 'stated').length;
  const mine = { id: PANEL, type: 'custom', name: props.title, display: 'side', forId: '', props };
  const panel = elements.find((one) => one.id === PANEL);
  const isCurrent = panel && panel.props.turn === props.turn;

  useEffect(() => {
    // The sources come with this element instead of one by one: each element that Chainlit is sent draws
    // every message of the conversation anew.
    setElements((there) => {
      const ids = new Set(there.map((one) => one.id));
      const missing = props.sources.filter((one) => !ids.has(one.id));
      return missing.length ? [...there, ...missing] : there;
    });
  }, [props.turn, elements.length]);

  useEffect(() => {
    // Closing a source leads back to the panel; closing the panel closes it.
    const source = before.current?.title?.startsWith(SOURCE);
    before.current = side;
    if (!side && source && window.innerWidth >= WIDE) setSide({ title: props.title, elements: [mine] });
  }, [side]);

  useEffect(() => {
    // Chainlit shows every element for its side at once, so there is only ever this one; on a narrow
    // screen it would cover the conversation, and opens by the button alone.
    if (!isCurrent && window.innerWidth >= WIDE)
      setElements((before) => [...before.filter((one) => one.id !== PANEL), mine]);
  }, [isCurrent, props.turn]);

  useEffect(() => {
    const opened = (event) => {
      const link = event.target.closest?.('a.element-link');
      const step = link?.closest('[id^="step-"]');
      if (!step) return;
      const source = elements.find(
        (one) => one.name === link.textContent.trim() && `step-${one.forId}` === step.id
      );
      event.preventDefault();
      event.stopPropagation();
      if (source) setSide({ title: `${SOURCE} ${source.name}`, elements: [{ ...source, display: 'side' }] });
    };
    document.addEventListener('click', opened, true);
    return () => document.removeEventListener('click', opened, true);
  }, [elements]);

  const next = props.facts.find((fact) => fact.key === props.next_fact);
  const could = next
    ? `Open and able to change it: ${next.label}`
    : 'No question left is likely enough to change it to be worth asking';
  return (
    <div className="ha-standing" data-testid="standing" data-turn={props.turn}>
      <div
        className="ha-bar"
        role="meter"
        aria-label="How settled the answer is"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
      >
        <span style={{ width: `${percent}%` }} />
      </div>
      <div className="ha-standing-words" role="status">
        <span>
          <b>{percent}% settled</b> · leads: {props.first_label}
        </span>
        <span className="ha-soft">{could}</span>
        {props.has_memo && !props.memo_is_current ? (
          <span className="ha-soft">The last memo rests on what you had said before it; ask for it anew.</span>
        ) : null}
      </div>
      <button type="button" onClick={() => setSide({ title: props.title, elements: [mine] })} data-testid="open-panel">
        {props.title} ({known})
      </button>
    </div>
  );
}
