import { answerCalls } from '../storage/answer-calls.js';
import { CommitFiles, type CommitRequest } from '../storage/commit-files.js';
import { connect } from '../storage/connect.js';

const files = new CommitFiles();
let commits = 0;

/** Every fourth commit, this thread dies: in the middle of the transaction, or right behind it and before its answer. */
answerCalls((request: CommitRequest) => {
  if (request.kind === 'commit') commits += 1;
  if (request.kind === 'commit' && commits % 4 === 0) {
    if (Number(request.position) % 2 === 0) files.handle(request);
    else {
      const { db, layout } = connect(request.file, 1_000);
      db.exec('BEGIN IMMEDIATE');
      layout.writes(db).write(request.rows);
    }
    process.exit(1);
  }
  files.handle(request);
});
