// Uses Stripe's own client against a server, and prints what it saw, as one line of JSON.
import Stripe from 'stripe';

const [story] = process.argv.slice(2);
const { hostname, port } = new URL(process.env.STRIPE_API_BASE);
const stripe = new Stripe(process.env.STRIPE_SECRET_KEY, {
  host: hostname, port, protocol: 'http', maxNetworkRetries: Number(process.env.RETRIES ?? 0), telemetry: false,
});
const customer = () => stripe.customers.create({ metadata: { user_id: 'u_1' } }, { idempotencyKey: 'customer:u_1' });
const checkout = (id, options) => stripe.checkout.sessions.create({
  mode: 'subscription',
  line_items: [{ price: process.env.STRIPE_PRO_PRICE_ID, quantity: 1 }],
  client_reference_id: 'u_1',
  customer: id,
  success_url: 'https://example.org/ok?session_id={CHECKOUT_SESSION_ID}',
  cancel_url: 'https://example.org/no',
  metadata: { user_id: 'u_1' },
  subscription_data: { metadata: { user_id: 'u_1' } },
}, options);

const stories = {
  async customer() {
    const made = await customer();
    return { ...made, again: (await customer()).id };
  },
  async checkout() {
    const made = await checkout((await customer()).id);
    const read = await stripe.checkout.sessions.retrieve(made.id);
    const closed = await stripe.checkout.sessions.expire(made.id);
    return { ...read, afterwards: closed.status, afterwardsUrl: closed.url };
  },
  async deletedCustomer() {
    const { id } = await customer();
    const deleted = await stripe.customers.del(id);
    const uses = {
      list: () => stripe.subscriptions.list({ customer: id, status: 'all' }),
      checkout: () => checkout(id),
      portal: () => stripe.billingPortal.sessions.create({ customer: id, return_url: 'https://example.org/a' }),
      again: () => stripe.customers.del(id),
      unknown: () => stripe.customers.retrieve('cus_none'),
    };
    const errors = {};
    for (const [name, use] of Object.entries(uses)) {
      await use().catch((error) => { errors[name] = [error.type, error.statusCode, error.code, error.param].join(' '); });
    }

    const read = await stripe.customers.retrieve(id);
    return { deleted, read, errors };
  },
  async invoice() {
    const { latest_invoice: invoice } = await stripe.subscriptions.retrieve(process.env.SUBSCRIPTION, { expand: ['latest_invoice'] });
    return { invoice };
  },
  async portal() {
    return stripe.billingPortal.sessions.create({ customer: (await customer()).id, return_url: 'https://example.org/a' });
  },
  async subscription() {
    const id = process.env.SUBSCRIPTION;
    const read = await stripe.subscriptions.retrieve(id);
    const listed = [];
    for await (const one of stripe.subscriptions.list({ customer: read.customer, status: 'all', limit: 1 })) listed.push(one.id);
    return { ...read, listed, afterwards: (await stripe.subscriptions.cancel(id)).status };
  },
  async events() {
    const listed = [];
    const query = { types: ['customer.subscription.created', 'invoice.paid'], delivery_success: false, created: { gte: 1 }, limit: 1 };
    for await (const one of stripe.events.list(query)) listed.push(one.type);
    return { listed };
  },
  async reusedKey() {
    const { id } = await customer();
    await checkout(id, { idempotencyKey: 'k' });
    return stripe.customers.create({}, { idempotencyKey: 'k' });
  },
  missing: () => stripe.subscriptions.retrieve('sub_none'),
  async webhook() {
    const { PAYLOAD: payload, SIGNATURE: signature, SECRET: secret, AT: at } = process.env;
    const event = stripe.webhooks.constructEvent(payload, signature, secret, 300, undefined, Number(at) * 1000);
    return { ...event, header: stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: Number(at) }) };
  },
};

try {
  console.log(JSON.stringify(await stories[story]()));
} catch (error) {
  console.log(JSON.stringify({ error: { name: error.type ?? error.name, status: error.statusCode, code: error.code, message: error.message } }));
}
