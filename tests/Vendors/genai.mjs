// Calls the fake Gemini with Google's own client and prints what it saw, as one line of JSON.
import { GoogleGenAI } from '@google/genai';

const [method = 'stream'] = process.argv.slice(2);
const ai = new GoogleGenAI({
  apiKey: process.env.GEMINI_API_KEY,
  httpOptions: { baseUrl: process.env.GEMINI_BASE_URL, apiVersion: process.env.GEMINI_API_VERSION },
});
const request = {
  model: 'gemini-3.8-flash',
  contents: [
    { role: 'user', parts: [{ text: 'hello' }] },
    { role: 'model', parts: [{ text: 'hi' }] },
    { role: 'user', parts: [{ text: 'how are you' }] },
  ],
  config: { systemInstruction: 'be brief' },
};
const seen = { text: '', chunks: 0 };

function see(reply) {
  seen.chunks++;
  seen.text += reply.text ?? '';
  seen.finishReason = reply.candidates?.[0]?.finishReason ?? seen.finishReason;
  seen.blockReason = reply.promptFeedback?.blockReason ?? seen.blockReason;
  seen.functionCall = reply.functionCalls?.[0]?.name ?? seen.functionCall;
  seen.modelVersion = reply.modelVersion;
  seen.totalTokens = reply.usageMetadata?.totalTokenCount;
}

// Uploads more than one piece of the client's, uses the file, and deletes it.
async function useFile() {
  const blob = new Blob([new Uint8Array(9 * 1024 * 1024)], { type: 'image/png' });
  const file = await ai.files.upload({ file: blob, config: { mimeType: 'image/png', displayName: 'nine.png' } });
  seen.file = await ai.files.get({ name: file.name });
  seen.listed = [];
  for await (const { name } of await ai.files.list({ config: { pageSize: 1 } })) seen.listed.push(name);
  const part = { fileData: { fileUri: file.uri, mimeType: file.mimeType } };
  const about = { ...request, contents: [{ role: 'user', parts: [part, { text: 'what is it?' }] }] };
  see(await ai.models.generateContent(about));
  await ai.files.delete({ name: file.name });
  await ai.models.generateContent(about);
}

// Asks twice, the second time with the parts of the first answer as they came, and sees what tools gave.
async function goOn() {
  const config = {
    thinkingConfig: { includeThoughts: true, thinkingLevel: 'LOW' },
    tools: [{ googleSearch: {} }, { urlContext: {} }, { codeExecution: {} }],
  };
  const said = [];
  const contents = [{ role: 'user', parts: [{ text: 'hello' }] }];
  await stream({ ...request, config, contents }, said);
  contents.push({ role: 'model', parts: said }, { role: 'user', parts: [{ text: 'and then?' }] });
  await stream({ ...request, config, contents }, []);
}

async function stream(about, said) {
  seen.text = '';
  seen.parts = said;
  for await (const chunk of await ai.models.generateContentStream(about)) {
    see(chunk);
    const [candidate] = chunk.candidates;
    said.push(...(candidate.content?.parts ?? []));
    seen.grounding = candidate.groundingMetadata ?? seen.grounding;
    seen.urls = candidate.urlContextMetadata ?? seen.urls;
    seen.usage = chunk.usageMetadata;
  }
}

async function listModels() {
  seen.models = [];
  for await (const model of await ai.models.list({ config: { pageSize: 2 } })) seen.models.push(model);
}

try {
  if (method === 'stream') {
    for await (const chunk of await ai.models.generateContentStream(request)) see(chunk);
  } else if (method === 'once') {
    see(await ai.models.generateContent(request));
  } else if (method === 'count') {
    seen.totalTokens = (await ai.models.countTokens({ model: request.model, contents: request.contents })).totalTokens;
  } else if (method === 'files') {
    await useFile();
  } else if (method === 'on') {
    await goOn();
  } else if (method === 'models') {
    await listModels();
  } else {
    seen.inputTokenLimit = (await ai.models.get({ model: request.model })).inputTokenLimit;
  }
} catch (error) {
  seen.error = { name: error.name, status: error.status, message: error.message };
}

console.log(JSON.stringify(seen));
