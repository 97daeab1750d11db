using System.Net.Sockets;
using System.Text;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Kernel;
using Sallyport.Agent.Tests.Upload;

namespace Sallyport.Agent.Tests.Enforcement;

/// <summary>Against a runtime that is a socket of the test.</summary>
public sealed class ContainerInspectorTests : IDisposable, IContainerHandler
{
    private const string Found =
        "HTTP/1.0 200 OK\r\n\r\n{\"Name\":\"/db\",\"Config\":{\"Image\":\"postgres:17\"}}";

    private static readonly string Id = new('a', 64);
    private readonly TestFolder folder = new();
    private readonly List<ContainerDescription> described = [];
    private readonly List<Socket> runtimes = [];

    public void Dispose()
    {
        runtimes.ForEach(runtime => runtime.Dispose());
        folder.Dispose();
    }

    [Fact]
    public async Task A_runtime_is_asked_for_the_containers_id_and_what_it_says_is_handed_over()
    {
        var (socket, runtime) = Runtime("docker.sock");
        using var inspector = new ContainerInspector(() => [socket]);
        inspector.Ask(Id);
        await IsFoundAsync(Id, runtime, inspector);
        Assert.Equal(0, inspector.Lost);
    }

    [Fact]
    public async Task A_container_that_the_runtime_does_not_know_yet_is_asked_for_again()
    {
        var (socket, runtime) = Runtime("docker.sock");
        using var inspector = new ContainerInspector(() => [socket]);
        inspector.Ask(Id);
        await Answer(runtime, "HTTP/1.0 404 Not Found\r\n\r\n");
        await Answer(runtime, Found);
        Finish(inspector);
        Assert.Single(described);
    }

    [Fact]
    public async Task A_socket_that_speaks_something_else_does_not_keep_the_next_from_being_asked()
    {
        var (wrong, speaker) = Runtime("wrong.sock");
        var (right, runtime) = Runtime("docker.sock");
        using var inspector = new ContainerInspector(
            () => [new RuntimeSocket("/none", 0, true), wrong with { SpeaksHttp = false }, wrong, right]);
        inspector.Ask(Id);
        await Answer(speaker, "\0\0\u0006\u0004\0\0\0\0\0");
        await Answer(runtime, Found);
        Finish(inspector);
        Assert.Single(described);
    }

    [Fact]
    public async Task A_runtime_that_says_nothing_holds_up_neither_the_end_of_the_job_nor_of_this_process()
    {
        var (socket, runtime) = Runtime("docker.sock");
        var begin = System.Diagnostics.Stopwatch.GetTimestamp();
        Socket silent;
        using (var inspector = new ContainerInspector(() => [socket]))
        {
            inspector.Ask(Id);
            silent = await runtime.AcceptAsync(TestContext.Current.CancellationToken);
            inspector.Finish(this);
            Assert.Equal(1, inspector.Lost);
        }

        // The call ends with the inspector, not by its deadline.
        using (silent)
        {
            silent.ReceiveTimeout = 60_000;
            var buffer = new byte[4096];
            while (silent.Receive(buffer) > 0)
            {
            }
        }

        Assert.Empty(described);
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(begin), TimeSpan.Zero, RuntimeCall.Deadline);
    }

    /// <summary>Docker says nothing of a container while it starts it.</summary>
    [Fact]
    public async Task A_container_of_which_nothing_is_said_yet_does_not_keep_the_next_from_being_asked_for()
    {
        var (socket, runtime) = Runtime("docker.sock");
        var other = new string('b', 64);
        using var inspector = new ContainerInspector(() => [socket]);
        inspector.Ask(Id);
        using var starting = await runtime.AcceptAsync(TestContext.Current.CancellationToken);
        inspector.Ask(other);
        await IsFoundAsync(other, runtime, inspector);
        Assert.Equal(1, inspector.Lost);
    }

    /// <summary>Nobody listens there for a while.</summary>
    [Fact]
    public async Task A_runtime_that_answers_nobody_is_left_alone_and_asked_again_later()
    {
        var (socket, runtime) = Runtime("docker.sock", isListening: false);
        var clock = new HandClock(DateTimeOffset.UnixEpoch);
        using var inspector = new ContainerInspector(() => [socket], clock: clock);
        for (var i = 0; i < 4; i++)
        {
            inspector.Ask($"{i:x64}");
        }

        await LostAsync(inspector, 4);
        runtime.Listen();
        inspector.Ask(Id);
        await LostAsync(inspector, 5);
        clock.Pass(SilentSockets.AskedAgainAfter);
        var other = new string('b', 64);
        inspector.Ask(other);
        await IsFoundAsync(other, runtime, inspector);
        Assert.Equal(5, inspector.Lost);
    }

    /// <summary>It is gone: there is no name that anybody could say, however often it is asked for.</summary>
    [Fact]
    public async Task A_container_that_the_runtime_does_not_know_is_not_counted()
    {
        var (socket, runtime) = Runtime("docker.sock");
        using var inspector = new ContainerInspector(() => [socket]);
        inspector.Ask(Id);
        await Answer(runtime, "HTTP/1.0 404 Not Found\r\n\r\n");
        await Answer(runtime, "HTTP/1.0 404 Not Found\r\n\r\n");
        inspector.Finish(this);
        Assert.Equal(0, inspector.Lost);
        Assert.Empty(described);
    }

    [Fact]
    public async Task A_reply_without_end_is_given_up()
    {
        var (socket, runtime) = Runtime("docker.sock");
        using var file = socket.TryOpen();
        var call = Task.Run(() => RuntimeCall.TryAsk(file!, Id, CancellationToken.None), TestContext.Current.CancellationToken);
        using var client = await runtime.AcceptAsync(TestContext.Current.CancellationToken);
        var bytes = new byte[64 * 1024];
        await Assert.ThrowsAnyAsync<SocketException>(async () =>
        {
            while (true)
            {
                await client.SendAsync(bytes, TestContext.Current.CancellationToken);
            }
        });
        Assert.Null(await call);
    }

    /// <summary>Nobody answers, so the first eight are asked for over and over while the others wait: 256 at most.</summary>
    [Fact]
    public void Containers_that_nobody_can_be_asked_for_are_counted()
    {
        using var inspector = new ContainerInspector(() => []);
        for (var i = 0; i < 300; i++)
        {
            inspector.Ask($"{i:x64}");
        }

        Assert.InRange(inspector.Lost, 300 - 256 - 8, 300 - 256);
    }

    void IContainerHandler.Describe(ContainerDescription container) => described.Add(container);

    private void Finish(ContainerInspector inspector)
    {
        // The reply was sent: what is left is to read it, which the thread does at once or this fails by its deadline.
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                inspector.Finish(this);
                return described.Count > 0;
            },
            TimeSpan.FromSeconds(20)));
    }

    /// <summary>It is asked for next, and what the runtime says is handed over, alone.</summary>
    private async Task IsFoundAsync(string id, Socket runtime, ContainerInspector inspector)
    {
        Assert.Equal($"GET /containers/{id}/json HTTP/1.0", await Answer(runtime, Found));
        Finish(inspector);
        Assert.Equal([new ContainerDescription(id, "db", "postgres:17")], described);
    }

    private static async Task LostAsync(ContainerInspector inspector, long count)
    {
        for (var i = 0; i < 400 && inspector.Lost < count; i++)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.Equal(count, inspector.Lost);
    }

    private (RuntimeSocket Socket, Socket Runtime) Runtime(string name, bool isListening = true)
    {
        var path = Path.Combine(folder.Path, name);
        var runtime = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        runtime.Bind(new UnixDomainSocketEndPoint(path));
        if (isListening)
        {
            runtime.Listen();
        }

        runtimes.Add(runtime);
        return (new RuntimeSocket(path, 0, SpeaksHttp: true), runtime);
    }

    private static async Task<string> Answer(Socket runtime, string reply)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        using var client = await runtime.AcceptAsync(deadline.Token);
        var buffer = new byte[4096];
        var length = await client.ReceiveAsync(buffer, deadline.Token);
        await client.SendAsync(Encoding.Latin1.GetBytes(reply), deadline.Token);
        return Encoding.ASCII.GetString(buffer, 0, length).Split('\r')[0];
    }
}
