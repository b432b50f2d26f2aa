import { useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { FileTrigger } from 'react-aria-components/FileTrigger';
import type { LotView } from '#contracts/http/lots.js';
import { ApiProblem, command, newKey } from '../api/http.js';
import { Scrolling } from '../components/scrolling.js';
import { type LotRow, lotColumns, readLotsCsv } from './read-lots-csv.js';

/** Lots that are on their way at once: they stand in one auction, whose stream takes one after the other. */
const AT_ONCE = 4;

interface ImportLotsProps {
  readonly auctionId: string;
  readonly currency: string;
  readonly onAdded: () => void;
}

type Outcome = { readonly ordinal: number } | { readonly errors: readonly string[] };

/** Many lots from a file: every row says what became of it, and what failed can be sent again without doubling the rest. */
export function ImportLots({ auctionId, currency, onAdded }: ImportLotsProps) {
  const [file, setFile] = useState<{ name: string; key: string; rows: readonly LotRow[] } | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [outcomes, setOutcomes] = useState<ReadonlyMap<number, Outcome>>(new Map());
  const [isBusy, setBusy] = useState(false);

  async function read(chosen: File) {
    setOutcomes(new Map());
    try {
      setFile({ name: chosen.name, key: newKey(), rows: readLotsCsv(await chosen.text(), currency) });
      setFault(null);
    } catch (error) {
      setFile(null);
      setFault((error as Error).message);
    }
  }

  async function send() {
    if (file === null) return;
    setBusy(true);
    const waiting = file.rows.filter(({ lot, line }) => lot !== null && !('ordinal' in (outcomes.get(line) ?? {})));
    const next = async () => {
      for (let row = waiting.shift(); row !== undefined; row = waiting.shift()) {
        const { line } = row;
        const outcome = await addRow(auctionId, row, `${file.key}-${line}`);
        setOutcomes((before) => new Map(before).set(line, outcome));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    setBusy(false);
    onAdded();
  }

  const ready = file?.rows.filter(({ lot }) => lot !== null).length ?? 0;
  const added = [...outcomes.values()].filter((outcome) => 'ordinal' in outcome).length;
  return (
    <section className="panel">
      <p>
        A table with a head. Needed: <code>title</code>, <code>startingBid</code>. Also:{' '}
        {lotColumns.slice(2).map((name, i) => (
          <span key={name}>
            {i > 0 && ', '}
            <code>{name}</code>
          </span>
        ))}
        . Amounts as in <code>177.50</code>.
      </p>
      <div className="row-of-buttons">
        <FileTrigger acceptedFileTypes={['.csv', 'text/csv']} onSelect={(files) => files?.[0] && read(files[0])}>
          <Button>Choose a file</Button>
        </FileTrigger>
        {file !== null && (
          <Button className="primary" onPress={send} isPending={isBusy} isDisabled={ready === added}>
            Add {ready - added} lots
          </Button>
        )}
      </div>
      <p role="status">
        {file !== null &&
          `${file.name}: ${file.rows.length} rows, ${file.rows.length - ready} cannot be read, ${added} added.`}
      </p>
      {fault !== null && (
        <p className="notice" data-kind="problem" role="alert">
          {fault}
        </p>
      )}
      {file !== null && <Rows rows={file.rows} outcomes={outcomes} />}
    </section>
  );
}

/** The key is the row's own: a row that is sent again after a lost answer is not added twice. */
async function addRow(auctionId: string, { lot }: LotRow, key: string): Promise<Outcome> {
  try {
    const { body } = await command<LotView>(`/api/auctions/${auctionId}/lots`, lot, key);
    return { ordinal: body.ordinal };
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    const { errors } = error.problem;
    return { errors: errors?.map(({ field, message }) => `${field}: ${message}`) ?? [error.message] };
  }
}

const ROWS_SHOWN = 500;

function Rows({ rows, outcomes }: { rows: readonly LotRow[]; outcomes: ReadonlyMap<number, Outcome> }) {
  return (
    <Scrolling label="Rows of the file">
      <table>
        <thead>
          <tr>
            <th scope="col">Line</th>
            <th scope="col">Title</th>
            <th scope="col">What became of it</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, ROWS_SHOWN).map(({ line, title, errors }) => {
            const outcome = outcomes.get(line);
            const wrong = outcome !== undefined && 'errors' in outcome ? outcome.errors : errors;
            return (
              <tr key={line}>
                <td>{line}</td>
                <td>{title}</td>
                <td data-wrong={wrong.length > 0 || undefined}>
                  {wrong.length > 0
                    ? wrong.join('; ')
                    : outcome !== undefined && 'ordinal' in outcome
                      ? `Lot ${outcome.ordinal}`
                      : 'Ready'}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {rows.length > ROWS_SHOWN && <p>and {rows.length - ROWS_SHOWN} more rows</p>}
    </Scrolling>
  );
}
