using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Enforcement.DnsOverTcp;
using Sallyport.Agent.Kernel;
using Sallyport.Policy.Compiling;
using Sallyport.Wire;

namespace Sallyport.Agent.Tests.DnsOverTcp;

/// <summary>
/// The resolver with real sockets on loopback; the tables stand in this process instead of the kernel.
/// </summary>
public sealed class ResolverTests : IDisposable, IRecordHandler
{
    private const string Policy = """
        version: 1
        mode: MODE
        allow: [allowed.test, '*.allowed.test', 10.0.0.2:443]
        """;

    private static readonly byte[] Address = [198, 51, 100, 10];

    private readonly AgentRecords records = new();
    private readonly List<string> told = [];
    private MemoryTables tables = Tables("block");
    private TestResolver? upstream;
    private Resolver? resolver;

    public ResolverTests() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "port 53 is root's");

    [Fact]
    public void An_allowed_question_in_segments_of_one_byte_is_answered_and_leased_first()
    {
        using var client = Start(query => Messages.Answer(query, Address));

        foreach (var part in Messages.Framed(Messages.Query("Allowed.Test")))
        {
            Assert.Equal(1, client.Socket.Send([part]));
        }

        var answer = client.Receive()!;
        Assert.Equal(["198.51.100.10"], tables.Leases.Keys);
        Assert.EndsWith("c6-33-64-0a", BitConverter.ToString(answer).ToLowerInvariant(), StringComparison.Ordinal);
        Assert.Equal(["asked allowed.test Allowed Rule 7 77", "leased allowed.test 1 refused 0 ttl 300"], Told());
    }

    [Fact]
    public void A_refused_name_does_not_exist_and_never_reaches_the_resolver()
    {
        using var client = Start(query => Messages.Answer(query, Address));

        client.Send(Messages.Query("secret.attacker.test", id: 9));

        var answer = client.Receive()!;
        Assert.Equal((9, 3), (Messages.IdOf(answer), Messages.CodeOf(answer)));
        Assert.Equal(0, upstream!.Asked);
        Assert.Empty(tables.Leases);
        Assert.Equal(["asked secret.attacker.test Refused Name 7 77"], Told());
    }

    [Fact]
    public void Questions_of_one_segment_are_each_answered()
    {
        using var client = Start(query => Messages.Answer(query, Address));
        const int Count = 500;

        client.Send([.. Enumerable.Range(0, Count).Select(id =>
            Messages.Query(id % 5 == 0 ? "attacker.test" : $"h{id}.allowed.test", id: (ushort)id))]);

        var codes = Enumerable.Range(0, Count).Select(_ => client.Receive()!)
            .ToDictionary(Messages.IdOf, Messages.CodeOf);
        Assert.All(codes, code => Assert.Equal(code.Key % 5 == 0 ? 3 : 0, code.Value));
        Assert.Equal(Count * 4 / 5, upstream!.Asked);
    }

    [Fact]
    public void A_client_that_reads_late_loses_nothing()
    {
        using var client = Start(query => [.. Messages.Answer(query, Address), .. new byte[60_000]]);
        const int Count = 100;

        client.Send([.. Enumerable.Range(0, Count).Select(id => Messages.Query("allowed.test", id: (ushort)id))]);

        var ids = Enumerable.Range(0, Count).Select(_ => Messages.IdOf(client.Receive()!));
        Assert.Equal(Enumerable.Range(0, Count), ids);
    }

    [Fact]
    public void A_client_that_has_said_all_gets_its_answer_and_its_entry_is_removed()
    {
        using var client = Start(query => Messages.Answer(query, Address));

        client.Send(Messages.Query("allowed.test"));
        client.Socket.Shutdown(SocketShutdown.Send);

        Assert.NotNull(client.Receive());
        Assert.Null(client.Receive());
        Assert.Equal(0, tables.Redirects);
    }

    [Fact]
    public void A_connection_that_the_kernel_did_not_lead_here_is_closed()
    {
        using var led = Start(query => Messages.Answer(query, Address));
        using var stranger = TestClient.Connect(resolver!.Port, tables: null);
        Assert.Null(stranger.Receive());

        // With the port of one that was led here, from another address of loopback
        using var twin = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        twin.ReceiveTimeout = 20_000;
        twin.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        twin.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), ((IPEndPoint)led.Socket.LocalEndPoint!).Port));
        twin.Connect(IPAddress.Loopback, resolver.Port);
        _ = twin.Receive(new byte[1], SocketFlags.None, out var error);
        Assert.True(error is SocketError.Success or SocketError.ConnectionReset);

        led.Send(Messages.Query("allowed.test"));
        Assert.NotNull(led.Receive());
    }

    [Fact]
    public void Connections_past_the_bound_are_closed_and_the_others_served()
    {
        using var first = Start(query => Messages.Answer(query, Address));
        var clients = Enumerable.Range(0, Resolver.MostSessions + 8)
            .Select(_ => TestClient.Connect(resolver!.Port, tables)).ToList();

        // The first is in; what is served of the rest is what fits.
        Assert.All(clients[..(Resolver.MostSessions - 1)], client =>
        {
            client.Send(Messages.Query("attacker.test"));
            Assert.NotNull(client.Receive());
        });
        Assert.All(clients[(Resolver.MostSessions - 1)..], client => Assert.Null(client.Receive()));
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public void IPv6_clients_are_served_on_the_same_port()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "this machine has no IPv6");
        using var first = Start(query => Messages.Answer(query, Address));
        using var client = TestClient.Connect(resolver!.Port, tables, IPAddress.IPv6Loopback);
        client.Send(Messages.Query("allowed.test"));
        Assert.NotNull(client.Receive());
    }

    [Fact]
    public void A_resolver_that_hangs_up_is_a_server_failure_and_is_asked_again_for_the_next()
    {
        var calls = 0;
        using var client = Start(query => calls++ == 0 ? null : Messages.Answer(query, Address));

        client.Send(Messages.Query("allowed.test"));
        Assert.Equal(2, Messages.CodeOf(client.Receive()!));
        client.Send(Messages.Query("allowed.test"));
        Assert.Equal(0, Messages.CodeOf(client.Receive()!));
    }

    [Fact]
    public void An_answer_to_something_else_is_not_passed_on()
    {
        using var client = Start(query => Messages.Answer(
            query[1] == 1 ? Messages.Query("other.test", id: 1) : query, Address));

        client.Send(Messages.Query("allowed.test", id: 1), Messages.Query("allowed.test", id: 2));

        Assert.Equal(2, Messages.IdOf(client.Receive()!));
    }

    [Fact]
    public void A_message_too_short_to_answer_ends_the_connection()
    {
        using var client = Start(query => query);
        client.Send([1, 2, 3]);
        Assert.Null(client.Receive());
    }

    [Fact]
    public void Audit_mode_passes_on_what_block_mode_would_refuse()
    {
        tables = Tables("audit");
        using var client = Start(query => Messages.Answer(query, Address));
        var two = Messages.Query("attacker.test", id: 2);
        two[5] = 2;

        client.Send(Messages.Query("attacker.test", id: 1), two);

        Assert.Equal([1, 2], new[] { client.Receive()!, client.Receive()! }.Select(Messages.IdOf));
        Assert.Equal(2, upstream!.Asked);
        Assert.Empty(tables.Leases);
        Assert.Equal(
            ["asked attacker.test Observed Name 7 77", "asked attacker.test Observed QuestionCount 7 77"], Told());
    }

    [Fact]
    public void Inward_addresses_are_leased_only_when_an_address_rule_covers_them()
    {
        using var client = Start(
            query => Messages.Answer(query, [10, 0, 0, 1], [10, 0, 0, 2], [169, 254, 169, 254], Address));

        client.Send(Messages.Query("allowed.test"));

        Assert.NotNull(client.Receive());
        Assert.Equal(["10.0.0.2", "198.51.100.10"], tables.Leases.Keys.Order());
        Assert.Equal(["10.0.0.1", "169.254.169.254"], tables.Unleased.Order());
        Assert.Contains("leased allowed.test 2 refused 2 ttl 300", Told());
    }

    [Fact]
    public void Every_address_of_a_large_answer_is_leased_and_told()
    {
        byte[][] addresses = [.. Enumerable.Range(0, 100).Select(i => (byte[])[198, 51, 100, (byte)i])];
        using var client = Start(query => Messages.Answer(query, addresses));

        client.Send(Messages.Query("allowed.test"));

        Assert.NotNull(client.Receive());
        Assert.Equal(100, tables.Leases.Count);
        Assert.Equal([64, 36], Told().Skip(1).Select(line => int.Parse(line.Split(' ')[2], null)));
    }

    [Fact]
    public void A_question_of_which_an_outer_run_hid_the_resolver_goes_to_the_first_one()
    {
        using var client = Start(query => Messages.Answer(query, Address), meant: default(AddressValue));

        client.Send(Messages.Query("allowed.test"));

        Assert.NotNull(client.Receive());
        Assert.Equal(upstream!.First.ToAddress(), Assert.Single(upstream.Meant));
    }

    [Fact]
    public void A_container_is_answered_until_its_last_process_has_ended()
    {
        using var client = Start(query => Messages.Answer(query, Address));
        using var process = Process.Start(new ProcessStartInfo("/bin/cat") { RedirectStandardInput = true })!;
        using var held = JoiningProcess.TryOpen(process.Id)!;
        using var entrance = ResolverEntrance.Open(held);
        tables.Ports.Clear(); // of this very namespace, whose cookie is the same

        resolver!.Add(entrance);

        using (var inside = TestClient.Connect(entrance.Port, tables))
        {
            inside.Send(Messages.Query("allowed.test"));
            Assert.NotNull(inside.Receive());
        }

        Assert.Equal(entrance.Port, tables.Ports[entrance.Network]);
        process.StandardInput.Close();
        Assert.True(SpinWait.SpinUntil(() => entrance.IsLeft && tables.Ports.IsEmpty, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void A_full_table_leases_nothing_and_says_so()
    {
        tables = new MemoryTables(Compiled("block"))
        {
            IsLeaseTableFull = true,
        };
        using var client = Start(query => Messages.Answer(query, Address));

        client.Send(Messages.Query("allowed.test"));

        Assert.NotNull(client.Receive());
        Assert.Equal(["198.51.100.10"], tables.Unleased);
        Assert.Contains("leased allowed.test 0 refused 1 ttl 300", Told());
    }

    public void Dispose()
    {
        resolver?.Dispose();
        upstream?.Dispose();
    }

    void IRecordHandler.Handle(RecordRing ring, ReadOnlySpan<byte> record)
    {
        if (NameAskedEvent.TryRead(record, out var asked, out _))
        {
            Assert.Equal(asked.Fixed.Verdict == KernelVerdict.Allowed ? RecordRing.Events : RecordRing.Alerts, ring);
            Assert.Equal(6, asked.Fixed.Transport);
            told.Add($"asked {Encoding.ASCII.GetString(asked.Name)} {asked.Fixed.Verdict} {asked.Fixed.Reason} "
                + $"{asked.Fixed.Header.Process} {asked.Fixed.Pid}");
        }
        else if (NameLeasedEvent.TryRead(record, out var leased, out _))
        {
            told.Add($"leased {Encoding.ASCII.GetString(leased.Name)} {leased.Fixed.AddressCount} "
                + $"refused {leased.Fixed.RefusedCount} ttl {leased.Fixed.TtlSeconds}");
        }
    }

    private static MemoryTables Tables(string mode) => new(Compiled(mode));

    private static CompiledPolicy Compiled(string mode) =>
        PolicyCompiler.Compile(Policies.Read(Policy.Replace("MODE", mode, StringComparison.Ordinal)), new());

    private TestClient Start(Func<byte[], byte[]?> answer, AddressValue? meant = null)
    {
        upstream = new TestResolver(answer);
        resolver = new Resolver(ResolverEntrance.Open(), tables, upstream, records);
        return TestClient.Connect(resolver.Port, tables, meant: meant);
    }

    private List<string> Told()
    {
        _ = records.Drain(this);
        return told;
    }
}
