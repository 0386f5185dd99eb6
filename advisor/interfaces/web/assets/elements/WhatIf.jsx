// What if: the deadline, the budget or the ownership were another. Nothing of it is kept.
import { useEffect, useRef, useState } from 'react';

const PAUSE = 250;
const MOST = 1e9;

export default function WhatIf() {
  const [days, setDays] = useState(null);
  const [budget, setBudget] = useState('');
  const [owner, setOwner] = useState('');
  const [told, setTold] = useState(null);
  const asked = useRef(0);
  const changes = {};
  if (days !== null) changes.timeline_days = days;
  const wrong = budget !== '' && !(Number(budget) > 0 && Number(budget) <= MOST);
  if (budget !== '' && !wrong) changes.budget_usd = Number(budget);
  if (owner) changes.durable_ownership = owner;
  const any = Object.keys(changes).length > 0;
  const key = JSON.stringify(changes);
  useEffect(() => {
    const mine = ++asked.current;
    if (!any) {
      setTold(null);
      return;
    }
    const wait = setTimeout(async () => {
      const answer = await callAction({ name: 'what_if', payload: { thread: props.thread, changes } });
      if (mine === asked.current) setTold(answer?.response || { error: 'No answer came. Try again.' });
    }, PAUSE);
    return () => clearTimeout(wait);
  }, [key]);
  const reset = () => {
    setDays(null);
    setBudget('');
    setOwner('');
  };
  const most = told && told.then ? Math.max(...told.then.scores.map((one) => one.score), 1) : 1;
  return (
    <section className="ha-what-if" data-testid="what-if">
      <h4>What if …</h4>
      <div className="ha-controls">
        <label>
          <span>
            it must work in <b>{days === null ? 'the time as it stands' : `${days} days`}</b>
          </span>
          <input
            type="range"
            min={14}
            max={365}
            step={7}
            value={days ?? 91}
            aria-label="It must work in so many days"
            aria-valuetext={days === null ? 'as it stands' : `${days} days`}
            onChange={(event) => setDays(Number(event.target.value))}
          />
        </label>
        <label>
          <span>the budget were, in dollars</span>
          <input
            type="number"
            min={0}
            step={5000}
            inputMode="numeric"
            placeholder="as it stands"
            value={budget}
            aria-label="Budget in dollars"
            onChange={(event) => setBudget(event.target.value)}
          />
        </label>
        <label>
          <span>after launch</span>
          <select value={owner} aria-label="Ownership after launch" onChange={(event) => setOwner(event.target.value)}>
            <option value="">as it stands</option>
            <option value="yes">someone must own it for years</option>
            <option value="no">it is done when it runs</option>
          </select>
        </label>
        {any ? (
          <button type="button" className="ha-quiet" onClick={reset}>
            As it stands
          </button>
        ) : null}
      </div>
      <div aria-live="polite" data-testid="what-if-result">
        {wrong ? <p>A budget is an amount above 0; this one is left out.</p> : null}
        {told?.error ? <p>{told.error}</p> : null}
        {told?.then ? (
          <>
            <p>
              {told.changed ? 'The first move becomes ' : 'The first move stays '}
              <b>{told.then.label}</b>; the runner-up, {told.then.runner_up},{' '}
              {told.then.margin ? `is ${told.then.margin}% behind` : 'is level'}. It costs {told.then.cost}.
            </p>
            {told.warnings.map((warning) => (
              <p key={warning}>
                <b>{warning}</b>
              </p>
            ))}
            <div className="ha-rows">
              {told.then.scores.map((one, number) => (
                <div key={one.label} className={number === 0 ? 'ha-first' : ''}>
                  <span className="ha-row-label">{one.label}</span>
                  <span className="ha-track">
                    <span
                      className="ha-span"
                      style={{ left: 0, width: `${(100 * Math.max(one.score, 0)) / most}%` }}
                    />
                  </span>
                  <span className="ha-row-value">{one.score}</span>
                </div>
              ))}
            </div>
          </>
        ) : null}
        {!any ? <p className="ha-soft">Move one of them to see whether “{props.label}” stays.</p> : null}
      </div>
    </section>
  );
}
