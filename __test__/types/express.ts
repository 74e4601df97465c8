import {
  type AuthenticatedExpressRequest,
  MonoCloudBackendNodeClient,
  MonoCloudTokenError,
  type ProtectMiddleware,
  protectApi,
} from '@monocloud/backend-node/express';
import express, { type NextFunction, type Request, type Response, Router } from 'express';

const app = express();
const protect: ProtectMiddleware = protectApi();

app.get('/', protect(), (req, res) => {
  res.json((req as AuthenticatedExpressRequest).claims);
});

app.get('/reports/:id', protect({ scopes: ['reports:read'], groups: ['analysts'] }), (req, res) => {
  const id: string | string[] | undefined = req.params['id'];
  const subject: string | undefined = (req as unknown as AuthenticatedExpressRequest).claims.sub;
  res.json({ id, subject });
});

app.post<{ id: string }, { ok: boolean }, { name: string }>(
  '/typed/:id',
  express.json(),
  (req, res, next) => void protect()(req as unknown as Request, res as unknown as Response, next),
  (req, res) => {
    res.json({ ok: req.params.id === req.body.name });
  },
);

// The older documentation: certificate binding by route, every option together.
app.use('/mtls', protect({ validateCertificateBinding: true }));
app.use('/strict', protect({ validateCertificateBinding: 'required', scopes: ['a'], groups: ['b'] }));

const router = Router();
router.use(protect());
router
  .route('/both')
  .get(protect())
  .post(protect({ scopes: ['write'] }));
app.use('/api', [protect(), protect({ groups: [] })], router);

const client = new MonoCloudBackendNodeClient({ tenantDomain: 'https://tenant.example', audience: 'https://api' });

protectApi(client);
protectApi(client, {});
protectApi(client, { tokenResolver: async (req) => req.headers['x-token']?.toString() });
protectApi(client, { certificateResolver: async (req: Request) => req.header('x-client-cert') });
protectApi({ tokenResolver: (req) => req.header('x-token'), certificateResolver: () => '' });
protectApi({
  tenantDomain: 'https://tenant.example',
  audience: 'https://api.example',
  clientId: 'id',
  clientSecret: 'secret',
  clientAuthMethod: 'client_secret_basic',
  cache: { get: async () => null, set: async () => {}, delete: async () => {} },
  tokenResolver: async ({ query }) => (typeof query['token'] === 'string' ? query['token'] : undefined),
});

app.use((error: unknown, _req: Request, res: Response, next: NextFunction) => {
  if (error instanceof MonoCloudTokenError) {
    res.status(error.code === 'insufficient_scope' ? 403 : 401).json(error.raw?.body);
  } else {
    next(error);
  }
});
