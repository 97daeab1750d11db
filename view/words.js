// Words, signs and measures that every part of the page shares. First of the parts that HtmlRenderer joins into one
// script: they draw report.json (schema sallyport.report/v1, docs/report.md) without dependencies and without a network,
// for report.html and for the server. All share one function's scope, so that nothing of it is global.

const ROW = 30; // pixels of one table row; the stylesheet agrees
const PADDING = 12; // and of the space at its sides
const PRINTED_ROWS = 400; // of a table; how many more there are is printed below them
const SHORT_HASH = 12; // digits that a table shows of 64
const SHORT_COMMIT = 10; // of 40
const SHOWN_CARDS = 12;
const SHOWN_OBSERVED = 3;
const TABS = ['network', 'processes', 'files', 'api', 'policy', 'raw'];
const TITLES = { network: 'Network', processes: 'Processes', files: 'Files', api: 'GitHub API', policy: 'Policy', raw: 'Raw' };

const REASONS = {
  'no-rule': 'no rule allows it',
  'no-lease': 'the name is allowed, but no answer has leased this address to it',
  port: 'the name is allowed, but not this port or protocol',
  denied: 'a deny rule',
  protocol: 'no rule allows this protocol',
  'raw-socket': 'a raw socket that speaks TCP or UDP',
  'packet-socket': 'a packet socket, or one of another family past IP: it would pass by every rule',
  rewritten: 'the packet would leave for another address than the one that was judged',
  'ip-options': 'IP options or a routing header',
  inbound: 'a reply to a peer outside the job',
  name: 'the name is not allowed here',
  'no-name': 'it did not say a name, and its address is allowed by name only',
  'name-malformed': 'its name or its first bytes cannot be read',
  'question-type': 'questions of this type are not allowed',
  'question-count': 'a DNS message with other than one question',
  fragment: 'a fragment that cannot be judged',
  'table-full': 'a bounded table was full',
  'dns-malformed': 'a DNS message that cannot be read',
  'dns-tcp': 'DNS over TCP to a server that no rule allows and the agent does not answer for',
  'queue-bypass': 'a socket option that would pass by the uplink’s check',
  helper: 'a daemon that was there before the job: nothing tells what it does for whoever asks',
  'name-service': 'a service that looks names up: nobody knows which; in block mode programs ask the resolver themselves',
  'agent-lost': 'the agent was not running, and the policy says onAgentLoss: deny',
  rule: 'a rule allows it',
  loopback: 'stays on this machine',
  'own-container': 'between the job’s own containers',
  resolver: 'the machine’s resolver',
  reply: 'a reply to a peer of the job',
  uplink: 'decided where it leaves',
};
const SIGNS = { refused: '✗', observed: '?', allowed: '✓' };
