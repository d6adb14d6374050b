// Streams one reply with Google's own client and prints what it saw, as one line of JSON.
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
  seen.modelVersion = reply.modelVersion;
  seen.totalTokens = reply.usageMetadata?.totalTokenCount;
}

try {
  if (method === 'stream') {
    for await (const chunk of await ai.models.generateContentStream(request)) see(chunk);
  } else if (method === 'once') {
    see(await ai.models.generateContent(request));
  } else if (method === 'count') {
    seen.totalTokens = (await ai.models.countTokens({ model: request.model, contents: request.contents })).totalTokens;
  } else {
    seen.inputTokenLimit = (await ai.models.get({ model: request.model })).inputTokenLimit;
  }
} catch (error) {
  seen.error = { name: error.name, status: error.status, message: error.message };
}

console.log(JSON.stringify(seen));
