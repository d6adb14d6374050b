import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The page and the service look like one origin, so the browser needs no CORS.
const target = process.env.GEMINICHAT_URL ?? 'http://localhost:8000';
const proxy = Object.fromEntries(['/auth', '/chatroom', '/files', '/ai'].map(path => [path, { target, changeOrigin: true }]));

export default defineConfig({ plugins: [react()], server: { proxy }, preview: { proxy } });
