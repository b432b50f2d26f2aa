import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SystemClock } from '#platform/clock.js';
import type { ReadModels } from '#read-models/read-models.js';
import { until } from '#testing/until.js';
import type { GavelClient } from '../testing/gavel-client.js';
import { RunningServer } from '../testing/running-server.js';
import type { AuctionWriter, LotWriter } from '../writers.js';
import { Deadlines } from './deadlines.js';

const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();

describe('deadlines', () => {
  let running: RunningServer;
  let admin: GavelClient;
  let bidder: GavelClient;
  beforeEach(async () => {
    running = await RunningServer.start();
    admin = running.admin;
    bidder = await admin.newCaller('bidder', 'ada');
  });
  afterEach(() => running.stop());

  const result = async (lotId: string) => (await admin.get(`/api/lots/${lotId}/result`)).body;

  it('closes a lot at its end by itself, and never before', async () => {
    const { auctionId } = await admin.createAuction();
    const closesAt = inMs(1_500);
    const { lotId } = await admin.addLot(auctionId, { closesAt });
    await admin.run(auctionId, 'start');
    await bidder.bid(lotId, 500);
    await until(async () => (await result(lotId)).state === 'sold');
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(closesAt));
    expect((await admin.lot(lotId)).closesAt).toBe(closesAt);
    expect((await bidder.post(`/api/lots/${lotId}/bids`, { amount: 900 })).body.code).toBe('lot-closed');
  });

  it('waits for the end that a late bid has moved', async () => {
    const { auctionId } = await admin.createAuction();
    const softClose = { windowSeconds: 5, extensionSeconds: 3 };
    const closesAt = inMs(1_500);
    const { lotId } = await admin.addLot(auctionId, { closesAt, softClose });
    await admin.run(auctionId, 'start');
    const { position } = await bidder.bid(lotId, 500);
    const extended = await admin.lot(lotId, position);
    expect(extended.extensions).toBe(1);
    await sleep(Date.parse(closesAt) - Date.now() + 200);
    expect((await result(lotId)).state).toBe('pending');
    await until(async () => (await result(lotId)).state === 'sold');
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(extended.closesAt ?? ''));
  });

  it('meets a deadline that passed while nothing ran', async () => {
    const { auctionId } = await admin.createAuction();
    const closesAt = inMs(1_500);
    const { lotId } = await admin.addLot(auctionId, { closesAt });
    await admin.run(auctionId, 'start');
    await bidder.bid(lotId, 500);
    await running.server.close();
    await sleep(Math.max(0, Date.parse(closesAt) - Date.now() + 100));
    running = await RunningServer.start({}, running.dataDir);
    admin = running.admin;
    await until(async () => (await result(lotId)).state === 'sold');
  });

  it('starts an auction at its opening, closes its lots one after the other, and ends with the last', async () => {
    const { auctionId } = await admin.createAuction({
      title: 'By itself',
      opensAt: inMs(200),
      closesAt: inMs(700),
      stagger: { stepSeconds: 1 },
    });
    const [first, second] = [await admin.addLot(auctionId), await admin.addLot(auctionId)];
    expect(Date.parse(second.closesAt ?? '') - Date.parse(first.closesAt ?? '')).toBe(1_000);
    const state = async () => (await admin.get(`/api/auctions/${auctionId}`)).body.state;
    await until(async () => (await state()) === 'started');
    await until(async () => (await result(first.lotId)).state === 'passed');
    expect([(await result(second.lotId)).state, await state()]).toEqual(['pending', 'started']);
    await until(async () => (await state()) === 'ended');
  });

  it('moves the other lots of a group with the one that was extended, once', async () => {
    const { auctionId } = await admin.createAuction({
      title: 'A group',
      closesAt: inMs(20_000),
      stagger: { stepSeconds: 10, group: true },
    });
    const softClose = { windowSeconds: 60, extensionSeconds: 30 };
    const first = await admin.addLot(auctionId, { softClose });
    const second = await admin.addLot(auctionId, { softClose });
    await admin.run(auctionId, 'start');
    const { position } = await bidder.bid(first.lotId, 500);
    const moved =
      Date.parse((await admin.lot(first.lotId, position)).closesAt ?? '') - Date.parse(first.closesAt ?? '');
    expect(moved).toBeGreaterThan(5_000);
    const end = async () =>
      Date.parse((await admin.lot(second.lotId)).closesAt ?? '') - Date.parse(second.closesAt ?? '');
    await until(async () => (await end()) === moved);
    // One that comes later has an end of its own, also for a process manager that begins at the first event.
    const third = await admin.addLot(auctionId, { softClose });
    await until(async () => (await admin.lot(third.lotId)).state === 'open');
    const checkpoint = join(running.dataDir, 'process-manager.position');
    rmSync(checkpoint);
    running = await running.restart();
    admin = running.admin;
    await until(() => existsSync(checkpoint));
    expect(await end()).toBe(moved);
    expect((await admin.lot(third.lotId)).closesAt).toBe(third.closesAt);
  });
});

it('a lot whose stream does not answer keeps no other waiting', async () => {
  const closed: string[] = [];
  const due = ['hanging', ...Array.from({ length: 100 }, (_, n) => `lot ${n}`)];
  const readModels = {
    lots: { due: () => due.filter((lotId) => !closed.includes(lotId)) },
    auctions: { due: () => [] },
  } as unknown as ReadModels;
  let answer = () => {};
  const hanging = new Promise<void>((resolve) => {
    answer = resolve;
  });
  let asked = 0;
  const execute = async (lotId: string) => {
    if (lotId !== 'hanging') return closed.push(lotId);
    asked += 1;
    return hanging;
  };
  const lots = { execute } as unknown as LotWriter;
  const log = { warn: () => undefined, error: () => undefined };
  const auctions = {} as AuctionWriter;
  const deadlines = new Deadlines({ readModels, lots, auctions, clock: new SystemClock(), log, holds: () => false });
  deadlines.start();
  await until(() => closed.length === 100);
  due.push('a later one');
  await until(() => closed.includes('a later one'));
  await sleep(700);
  expect(asked).toBe(1);
  answer();
  await deadlines.stop();
});

it('a lot that cannot be closed keeps no auction from its deadline', async () => {
  const started: string[] = [];
  const readModels = {
    lots: { due: () => ['a lot'] },
    auctions: { due: () => ['an auction'], get: () => ({ phase: 'created' }) },
  } as unknown as ReadModels;
  const lots = { execute: () => Promise.reject(new Error('its stream cannot be read')) } as unknown as LotWriter;
  const auctions = { execute: async (id: string) => started.push(id) } as unknown as AuctionWriter;
  const log = { warn: () => undefined, error: () => undefined };
  const deadlines = new Deadlines({ readModels, lots, auctions, clock: new SystemClock(), log, holds: () => false });
  deadlines.start();
  await until(() => started.length > 0);
  await deadlines.stop();
  expect(started).toEqual(['an auction']);
});
