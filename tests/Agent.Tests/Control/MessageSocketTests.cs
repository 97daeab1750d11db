using System.Text;
using Sallyport.Agent.Control.Sockets;
using Sallyport.Agent.Tests.Upload;

namespace Sallyport.Agent.Tests.Control;

public sealed class MessageSocketTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly TestFolder folder = new();

    private string SocketPath => Path.Combine(folder.Path, "s");

    [Fact]
    public void A_request_is_answered_and_the_kernel_says_who_asked()
    {
        using var listener = Listen((peer, request) => Encoding.UTF8.GetBytes($"{peer.Pid} {Encoding.UTF8.GetString(request)}"));
        using var client = MessageSocket.TryConnect(SocketPath);
        Assert.True(client!.TrySend("hello"u8));
        Assert.Equal($"{Environment.ProcessId} hello", Encoding.UTF8.GetString(client.TryReceive(Patience)!));
    }

    [Fact]
    public void A_message_of_the_bound_arrives_whole_and_a_longer_one_is_not_sent()
    {
        using var listener = Listen((_, request) => Encoding.ASCII.GetBytes($"{request.Length}"));
        using var client = MessageSocket.TryConnect(SocketPath);
        Assert.False(client!.TrySend(new byte[MessageSocket.MaximumBytes + 1]));
        Assert.True(client.TrySend(new byte[MessageSocket.MaximumBytes]));
        Assert.Equal($"{MessageSocket.MaximumBytes}", Encoding.ASCII.GetString(client.TryReceive(Patience)!));
    }

    [Fact]
    public void Many_clients_at_once_each_get_their_own_answer()
    {
        using var listener = Listen((_, request) => request);
        Parallel.For(0, 40, i =>
        {
            using var client = MessageSocket.TryConnect(SocketPath);
            Assert.True(client!.TrySend(Encoding.ASCII.GetBytes($"{i}")));
            Assert.Equal($"{i}", Encoding.ASCII.GetString(client.TryReceive(Patience)!));
        });
    }

    [Fact]
    public void Requests_that_the_machine_has_nothing_to_answer_with_cost_nobody_else_an_answer()
    {
        // As many of each as an asker has places, and more: none is lost with its request.
        Exception[] shortages =
        [
            new IOException("fork: EAGAIN"), new UnauthorizedAccessException(), new OutOfMemoryException(),
            new System.Net.Sockets.SocketException(24), new System.ComponentModel.Win32Exception(12),
        ];
        using var listener = Listen((_, request) => request[0] < shortages.Length ? throw shortages[request[0]] : request);
        for (var i = 0; i < 2 * shortages.Length; i++)
        {
            using var refused = MessageSocket.TryConnect(SocketPath);
            Assert.True(refused!.TrySend([(byte)(i % shortages.Length)]));
            Assert.Null(refused.TryReceive(Patience));
        }

        using var client = MessageSocket.TryConnect(SocketPath);
        Assert.True(client!.TrySend("hello"u8));
        Assert.Equal("hello", Encoding.UTF8.GetString(client.TryReceive(Patience)!));
    }

    [Fact]
    public void Clients_that_say_nothing_hold_nobody_up()
    {
        // By a clock that stands still none is late: whoever waits for one waits for ever.
        using var listener = Listen((_, request) => request, new HandClock(DateTimeOffset.UnixEpoch));
        List<MessageSocket?> silent = [.. Enumerable.Range(0, 300).Select(_ => MessageSocket.TryConnect(SocketPath))];
        using var client = MessageSocket.TryConnect(SocketPath);
        Assert.True(client!.TrySend("hello"u8));
        Assert.Equal("hello", Encoding.UTF8.GetString(client.TryReceive(Patience)!));
        silent.ForEach(one => one?.Dispose());
    }

    [Fact]
    public void What_one_asks_for_keeps_no_other_one_waiting()
    {
        // Four requests of one asker stay unanswered, and more wait; another one, told apart by its turn, is answered.
        using var go = new ManualResetEventSlim();
        var connections = 0;
        using var listener = MessageListener.Listen(
            SocketPath, UnixFileMode.UserRead | UnixFileMode.UserWrite,
            (_, request) =>
            {
                if (request[0] == (byte)'w')
                {
                    go.Wait(Patience);
                }

                return request;
            },
            _ => Interlocked.Increment(ref connections) <= 20 ? 1 : 2);
        List<MessageSocket> waiting = [.. Enumerable.Range(0, 20).Select(_ => MessageSocket.TryConnect(SocketPath)!)];
        waiting.ForEach(one => Assert.True(one.TrySend("wait"u8)));
        using var client = MessageSocket.TryConnect(SocketPath);
        Assert.True(client!.TrySend("hello"u8));
        Assert.Equal("hello", Encoding.UTF8.GetString(client.TryReceive(Patience)!));
        go.Set();
        waiting.ForEach(one =>
        {
            Assert.Equal("wait", Encoding.UTF8.GetString(one.TryReceive(Patience)!));
            one.Dispose();
        });
    }

    [Fact]
    public void Clients_that_say_nothing_do_not_hold_up_the_end()
    {
        var listener = Listen((_, request) => request);
        using var silent = MessageSocket.TryConnect(SocketPath);
        silent!.Dispose();
        listener.Dispose();
        Assert.Null(MessageSocket.TryConnect(SocketPath));
    }

    [Fact]
    public void A_socket_that_a_killed_process_left_is_replaced()
    {
        using (Listen((_, request) => request))
        {
        }

        using var again = Listen((_, request) => request);
        using var client = MessageSocket.TryConnect(SocketPath);
        Assert.NotNull(client);
    }

    public void Dispose() => folder.Dispose();

    private MessageListener Listen(Func<PeerCredentials, byte[], byte[]> answer, TimeProvider? clock = null) =>
        MessageListener.Listen(SocketPath, UnixFileMode.UserRead | UnixFileMode.UserWrite, answer, clock: clock);
}
