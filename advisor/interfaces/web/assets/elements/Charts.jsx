// The memo's pictures, from the same figures as the document's. Each is a table of bars, so that it wraps on a
// phone, follows light and dark, and is read out as it is shown.
import { useState } from 'react';

const share = (value, low, high) => (high > low ? (100 * (value - low)) / (high - low) : 0);

function Track({ kind, row, low, high }) {
  if (kind === 'ranges' || kind === 'timeline') {
    if (row.low === null || row.high === null) {
      const at = share(row.mid ?? high, low, high);
      return <span className="ha-mark" style={{ left: `${at}%` }} />;
    }
    const from = share(row.low, low, high);
    const to = share(row.high, low, high);
    return (
      <>
        {kind === 'timeline' ? (
          <span
            className="ha-span ha-sure"
            style={{ left: `${share(row.start ?? 0, low, high)}%`, width: `${from - share(row.start ?? 0, low, high)}%` }}
          />
        ) : null}
        <span className="ha-span" style={{ left: `${from}%`, width: `${Math.max(to - from, 1)}%` }} />
        {kind === 'ranges' && row.mid !== null ? (
          <span className="ha-tick" style={{ left: `${share(row.mid, low, high)}%` }} />
        ) : null}
      </>
    );
  }
  const zero = share(0, low, high);
  const end = share(row.mid ?? 0, low, high);
  const against = (row.mid ?? 0) < 0;
  return (
    <span
      className={`ha-span ${against ? 'ha-against' : ''}`}
      style={{ left: `${Math.min(zero, end)}%`, width: `${Math.max(Math.abs(end - zero), 0.8)}%` }}
    />
  );
}

function Chart({ chart }) {
  const values = chart.rows.flatMap((row) => [row.low, row.mid, row.high]).filter((value) => value !== null);
  // In a timeline a row with one value is the deadline: its line crosses all the others.
  const deadline = chart.kind === 'timeline' ? chart.rows.find((row) => row.low === null)?.mid : undefined;
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  return (
    <figure data-testid={`chart-${chart.id}`}>
      <figcaption>{chart.summary}</figcaption>
      <div className="ha-rows" role="table" aria-label={chart.title}>
        {chart.rows.map((row) => (
          <div key={row.label} role="row" className={row.highlighted ? 'ha-first' : ''}>
            <span role="cell" className="ha-row-label">
              {row.label}
              {row.note ? <small>{row.note}</small> : null}
            </span>
            <span role="presentation" className={`ha-track ha-${chart.kind}`}>
              <Track kind={chart.kind} row={row} low={low} high={high} />
              {deadline !== undefined && row.low !== null ? (
                <span className="ha-deadline" style={{ left: `${share(deadline, low, high)}%` }} />
              ) : null}
            </span>
            <span role="cell" className="ha-row-value">
              {row.shown}
            </span>
          </div>
        ))}
      </div>
      {chart.legend ? <p className="ha-soft">{chart.legend}</p> : null}
    </figure>
  );
}

export default function Charts() {
  const [chosen, setChosen] = useState(0);
  if (!props.charts.length) return null;
  const turn = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = (chosen + step + props.charts.length) % props.charts.length;
    setChosen(next);
    event.currentTarget.children[next].focus();
  };
  return (
    <div className="ha-charts" data-testid="charts">
      <div role="tablist" aria-label="Pictures" onKeyDown={turn}>
        {props.charts.map((chart, number) => (
          <button
            key={chart.id}
            type="button"
            role="tab"
            aria-selected={number === chosen}
            tabIndex={number === chosen ? 0 : -1}
            onClick={() => setChosen(number)}
          >
            {chart.title}
          </button>
        ))}
      </div>
      <div role="tabpanel" aria-label={props.charts[chosen].title}>
        <Chart chart={props.charts[chosen]} />
      </div>
    </div>
  );
}
