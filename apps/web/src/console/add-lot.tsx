import { type FormEvent, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { AddLotBody, LotView } from '#contracts/http/lots.js';
import type { BidPolicy } from '#contracts/terms.js';
import { ApiProblem, command } from '../api/http.js';
import { AmountField } from '../components/amount-field.js';
import { ApiForm } from '../components/api-form.js';
import { ChoiceField } from '../components/choice-field.js';
import { PlainField } from '../components/plain-field.js';
import { ProblemNotice } from '../components/problem-notice.js';
import { amountOrUndefined, isoOrUndefined, numberOrUndefined } from './form-values.js';

const noAmounts = { startingBid: '', reserve: '', buyNow: '' };

interface AddLotProps {
  readonly auctionId: string;
  readonly currency: string;
  readonly onAdded: () => void;
}

/** A lot with the terms that most have. What is rarer (increment tables, limits per buyer) is set over HTTP or by CSV. */
export function AddLot({ auctionId, currency, onAdded }: AddLotProps) {
  const [policy, setPolicy] = useState<BidPolicy>('open');
  const [texts, setTexts] = useState(noAmounts);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [said, setSaid] = useState('');
  const [isBusy, setBusy] = useState(false);
  const amount = (name: keyof typeof texts) => ({
    name,
    currency,
    text: texts[name],
    onType: (text: string) => setTexts((before) => ({ ...before, [name]: text })),
  });
  const startingBid = amountOrUndefined(texts.startingBid, currency);
  const reserve = amountOrUndefined(texts.reserve, currency);
  const price = amountOrUndefined(texts.buyNow, currency);
  const isWrong = [startingBid, reserve, price].some(Number.isNaN);

  async function add(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (isWrong) return;
    const form = event.currentTarget;
    const values = new FormData(form);
    const closesAt = isoOrUndefined(values.get('closesAt'));
    const softClose = numberOrUndefined(values.get('softClose'));
    const quantity = numberOrUndefined(values.get('quantity')) ?? 1;
    const vin = String(values.get('vehicle.vin') ?? '')
      .trim()
      .toUpperCase();
    // What is missing is left out: the server says so, and it is shown beside the field.
    const body = {
      title: String(values.get('title')),
      ...(startingBid !== undefined && { startingBid }),
      bidPolicy: policy,
      ...(reserve !== undefined && { reserve }),
      ...(closesAt !== undefined && { closesAt }),
      ...(softClose !== undefined && { softClose: { windowSeconds: softClose, extensionSeconds: softClose } }),
      ...(price !== undefined && { buyNow: { price, quantity } }),
      ...(vin !== '' && {
        vehicle: {
          vin,
          make: String(values.get('vehicle.make') ?? ''),
          model: String(values.get('vehicle.model') ?? ''),
          year: Number(values.get('vehicle.year')),
          mileage: Number(values.get('vehicle.mileage')),
        },
      }),
    } satisfies Partial<AddLotBody>;
    setBusy(true);
    setProblem(null);
    setSaid('');
    try {
      const { body: lot } = await command<LotView>(`/api/auctions/${auctionId}/lots`, body);
      setSaid(`“${lot.title}” is lot ${lot.ordinal}.`);
      form.reset();
      setTexts(noAmounts);
      onAdded();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setProblem(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <ApiForm className="form wide panel" problem={problem} onSubmit={add} onEdit={() => setProblem(null)}>
      <PlainField label="Title" name="title" isRequired maxLength={300} />
      <AmountField label="Starting bid" isRequired {...amount('startingBid')} />
      <ChoiceField
        label="Bidding"
        name="bidPolicy"
        value={policy}
        onChange={setPolicy}
        choices={{ open: 'Open: the highest bid wins', proxy: 'Proxy: hidden maxima, the price rises by steps' }}
      />
      <AmountField label="Reserve" hint="Hidden; empty for none" {...amount('reserve')} />
      <PlainField label="Closes" name="closesAt" type="datetime-local" hint="Empty: with the auction" />
      <PlainField
        label="Soft close, seconds"
        name="softClose"
        type="number"
        hint="A bid so close to the end extends it by as much"
      />
      <AmountField label="Buy-now price" hint="Empty for none" {...amount('buyNow')} />
      <PlainField label="Units at that price" name="quantity" type="number" hint="More than one: no bidding" />
      <fieldset className="vehicle">
        <legend>Vehicle, if it is one</legend>
        <PlainField label="VIN" name="vehicle.vin" maxLength={17} />
        <PlainField label="Make" name="vehicle.make" />
        <PlainField label="Model" name="vehicle.model" />
        <PlainField label="Year" name="vehicle.year" type="number" />
        <PlainField label="Mileage" name="vehicle.mileage" type="number" />
      </fieldset>
      <Button type="submit" className="primary" isPending={isBusy} isDisabled={isWrong}>
        Add the lot
      </Button>
      <p role="status">{said}</p>
      {problem && <ProblemNotice problem={problem} />}
    </ApiForm>
  );
}
