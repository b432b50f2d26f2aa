import { answerCalls } from './answer-calls.js';
import { CommitFiles } from './commit-files.js';

answerCalls(new CommitFiles().handle);
