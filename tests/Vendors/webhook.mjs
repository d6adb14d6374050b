// Verifies a webhook as its receivers do, and prints it as one line of JSON.
import { Webhook } from 'standardwebhooks';

const { SECRET, BODY, HEADERS } = process.env;
try {
  console.log(JSON.stringify(new Webhook(SECRET).verify(BODY, JSON.parse(HEADERS))));
} catch (error) {
  console.log(JSON.stringify({ error: error.message }));
}
