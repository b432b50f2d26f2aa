// GAVEL=http://localhost:3000 KEY=gvl_... node docs/examples/poll-feed.mjs: prints every event, then each new one as it comes.
const { GAVEL = 'http://localhost:3000', KEY } = process.env;

const ask = async (after) => {
  const response = await fetch(`${GAVEL}/api/events?limit=1000&wait=30${after}`, { headers: { 'X-API-Key': KEY } });
  return { response, text: await response.text() };
};

for (let after = ''; ; ) {
  // A server that starts again, or a network that breaks, is asked again a moment later.
  const { response, text } = await ask(after).catch(() => ({}));
  if (response === undefined || response.status === 429 || response.status >= 500) {
    await new Promise((resolve) => setTimeout(resolve, 1000 * Number(response?.headers.get('retry-after') ?? 1)));
    continue;
  }
  if (!response.ok) throw new Error(`${response.status}: ${text}`);
  const { events, nextCursor } = JSON.parse(text);
  for (const event of events) console.log(JSON.stringify(event));
  after = `&after=${nextCursor}`; // Keep it with your work, and go on from there.
}
