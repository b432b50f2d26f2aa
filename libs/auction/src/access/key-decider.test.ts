import type { KeyEvent } from '#contracts/events/key-events.js';
import { spec } from '#testing/decider-spec.js';
import { keyDecider } from './key-decider.js';

const keyId = '01890000-0000-7000-8000-000000000001';
const data = { keyId, role: 'bidder', subject: 'ada', digest: 'ab'.repeat(32), auctionIds: null } as const;
const issued: KeyEvent = { type: 'KeyIssued', data };
const revoked: KeyEvent = { type: 'KeyRevoked', data: { keyId } };
const key = spec(keyDecider);

describe('an API key', () => {
  it('is issued once', () => {
    key
      .given([])
      .when({ type: 'IssueKey', ...data })
      .thenRecorded([issued]);
    key
      .given([issued])
      .when({ type: 'IssueKey', ...data })
      .thenUnchanged();
  });

  it('is revoked once, and only where it was issued', () => {
    key.given([issued]).when({ type: 'RevokeKey' }).thenRecorded([revoked]);
    key.given([issued, revoked]).when({ type: 'RevokeKey' }).thenUnchanged();
    key.given([]).when({ type: 'RevokeKey' }).thenRefused({ code: 'key-not-found' });
  });

  it('does not come back once it is revoked', () => {
    key
      .given([issued, revoked])
      .when({ type: 'IssueKey', ...data })
      .thenUnchanged();
  });
});
