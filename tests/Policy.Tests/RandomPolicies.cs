using System.Net;
using Sallyport.Policy.Endpoints;
using Sallyport.Policy.Judging;

namespace Sallyport.Policy.Tests;

/// <summary>Random documents and requests over a world small enough that rules overlap often.</summary>
internal sealed class RandomPolicies(int seed)
{
    private static readonly string[] Names =
    [
        "a.test", "b.test", "x.a.test", "y.a.test", "z.x.a.test", "test", "evila.test", "corp.test", "a.test.corp.test",
        "x.a.test.corp.test", "_http._tcp.a.test", "_http._tcp.b.test", "y.corp.test", "b.test.corp.test",
    ];

    private static readonly string[] Blocks =
    [
        "0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "198.51.100.0/24", "127.0.0.1",
        "[::/0]", "[2001:db8::/32]", "[2001:db8::1]", "[::/64]",
    ];

    private static readonly string[] Ports = [":443", ":80", ":22", ":*", ":80-90", ":1-65535", ":443-444", ":85-443", ""];
    private static readonly string[] Addresses =
        ["10.1.2.3", "10.1.9.9", "10.9.9.9", "198.51.100.7", "127.0.0.1", "9.9.9.9", "2001:db8::1", "2001:db8::2", "::7", "fd00::1"];

    private static readonly string[] Schemes = ["", "", "", "tcp://", "udp://", "icmp://", "ssh://", "dns://", "proxy://"];
    private static readonly int[] AskedPorts = [443, 80, 22, 84, 85, 90, 53, 444, 1, 65535];
    private static readonly int[] Protocols = [6, 6, 6, 17, 1, 58, 132];

    private readonly Random random = new(seed);

    public PolicyDocument Document() => new()
    {
        Mode = random.Next(2) == 0 ? PolicyMode.Block : PolicyMode.Audit,
        Allow = Rules(EndpointUse.Allow, 6),
        Deny = Rules(EndpointUse.Deny, 3),
        Inbound = Rules(EndpointUse.Inbound, 2),
        Steps = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Block(Step()))],
        Processes = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Block(Process()))],
    };

    public JudgeRequest Request() => new()
    {
        IsQuestion = random.Next(3) == 0,
        Name = random.Next(4) == 0 ? null : Pick(Names),
        Address = random.Next(2) == 0 ? null : IPAddress.Parse(Pick(Addresses)),
        Protocol = Pick(Protocols),
        Port = Pick(AskedPorts),
        NamesItself = random.Next(3) != 0,
        Step = random.Next(2) == 0 ? null : new StepIdentity(Pick(["one", "two"]), Pick(["First", "Second"]), Pick(["o/a@v1", "o/b@v2"])),
        Exe = random.Next(2) == 0 ? null : Pick(["/usr/bin/git", "/usr/bin/x/y", "/opt/z"]),
    };

    private System.Collections.Immutable.ImmutableArray<PolicyRule> Rules(EndpointUse use, int max)
    {
        var rules = new List<PolicyRule>();
        for (int wanted = random.Next(max + 1); wanted > 0; wanted--)
        {
            string target = random.Next(3) == 0 || use == EndpointUse.Inbound ? Pick(Blocks)
                : random.Next(2) == 0 ? $"*.{Pick(Names)}" : Pick(Names);
            if (Endpoint.TryParse($"{Pick(Schemes)}{target}{Pick(Ports)}", use, out Endpoint? endpoint, out _))
            {
                rules.Add(new PolicyRule(endpoint, new RuleOrigin("p.yml", rules.Count + 1, 1, null)));
            }
        }
        return [.. rules];
    }

    private PolicyBlock Block(PolicyMatch match)
    {
        bool allows = random.Next(4) != 0;
        return new PolicyBlock(match, allows ? Rules(EndpointUse.Allow, 4) : null, allows && random.Next(3) == 0,
            random.Next(3) switch { 0 => PolicyMode.Audit, 1 => PolicyMode.Block, _ => null },
            new RuleOrigin("p.yml", 1, 1, null));
    }

    private PolicyMatch Step() => random.Next(3) switch
    {
        0 => new PolicyMatch(Pick(["one", "two"]), null, null, null),
        1 => new PolicyMatch(null, Pick(["First", "Second"]), null, null),
        _ => new PolicyMatch(null, null, Pick(["o/a", "o/b@v2", "O/A"]), null),
    };

    private PolicyMatch Process() => new(null, null, null, Pick(["/usr/bin/git", "/usr/**", "/usr/bin/**", "/**"]));

    private T Pick<T>(T[] values) => values[random.Next(values.Length)];
}
