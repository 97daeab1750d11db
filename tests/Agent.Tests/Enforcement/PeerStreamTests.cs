using System.Net.Sockets;
using Sallyport.Agent.Enforcement.DockerSocket;

namespace Sallyport.Agent.Tests.Enforcement;

public sealed class PeerStreamTests
{
    private static readonly byte[] Head = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray();
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_receive_that_is_done_and_not_looked_at_is_not_begun_anew()
    {
        using var pair = new SocketPair();
        using var stream = new PeerStream(pair.Near);
        var watching = stream.FillAsync();
        _ = pair.Far.Send(Head);
        Assert.True(await watching.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.Same(watching, stream.FillAsync());
        Assert.Equal(Head.Length, (await stream.HeadAsync().WaitAsync(Patience, TestContext.Current.CancellationToken)).Length);
        stream.Take(Head.Length);
        Assert.False(stream.FillAsync().IsCompleted);
    }

    /// <summary>Who waits for the next request does so while the watch of the last one may end at any moment.</summary>
    [Fact]
    public async Task A_request_that_comes_while_the_watch_ends_is_not_missed()
    {
        using var pair = new SocketPair();
        using var stream = new PeerStream(pair.Near);
        for (var i = 0; i < 20_000; i++)
        {
            var spins = i % 200;
            _ = stream.FillAsync();
            var sending = Task.Run(() =>
            {
                Thread.SpinWait(spins);
                return pair.Far.Send(Head);
            });
            Thread.SpinWait(200 - spins);
            Assert.Equal(Head.Length, (await stream.HeadAsync().WaitAsync(Patience, TestContext.Current.CancellationToken)).Length);
            stream.Take(Head.Length);
            _ = await sending;
        }
    }

    [Fact]
    public async Task The_end_is_told_whoever_waited_for_it()
    {
        using var pair = new SocketPair();
        using var stream = new PeerStream(pair.Near);
        var watching = stream.FillAsync();
        pair.Far.Shutdown(SocketShutdown.Send);
        Assert.False(await watching.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.True((await stream.HeadAsync().WaitAsync(Patience, TestContext.Current.CancellationToken)).IsEmpty);
    }

    private sealed class SocketPair : IDisposable
    {
        public SocketPair()
        {
            var folder = Directory.CreateTempSubdirectory();
            using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            var place = new UnixDomainSocketEndPoint(Path.Combine(folder.FullName, "s"));
            listener.Bind(place);
            listener.Listen(1);
            Far = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            Far.Connect(place);
            Near = listener.Accept();
            folder.Delete(recursive: true);
        }

        public Socket Near { get; }

        public Socket Far { get; }

        public void Dispose()
        {
            Near.Dispose();
            Far.Dispose();
        }
    }
}
