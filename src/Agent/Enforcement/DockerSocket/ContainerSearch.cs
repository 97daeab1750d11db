using System.Net.Sockets;
using System.Text;
using Sallyport.Agent.Core.DockerApi;

namespace Sallyport.Agent.Enforcement.DockerSocket;

/// <summary>Asks the daemon which container a name, a part of an id or an exec stands for.</summary>
internal sealed class ContainerSearch(DaemonSocket daemon)
{
    /// <summary>Of one reply; a container is described by a few thousand.</summary>
    private const int MostBytes = 4 * 1024 * 1024;
    private const int Ok = 200;
    private const int NotFound = 404;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    /// <summary>The id of 64 digits, or null when there is none, or nobody says.</summary>
    internal Task<string?> ContainerAsync(string reference) =>
        AskAsync($"/containers/{Uri.EscapeDataString(reference)}/json", "Id");

    internal Task<string?> ContainerOfExecAsync(string exec) =>
        AskAsync($"/exec/{Uri.EscapeDataString(exec)}/json", "ContainerID");

    /// <summary>The daemon's description of a container: empty when nobody says, or more than is read; null when it says that there is none.</summary>
    internal async Task<byte[]?> DescribeAsync(string reference)
    {
        var (status, body) = await GetAsync($"/containers/{Uri.EscapeDataString(reference)}/json");
        return status == NotFound ? null : body ?? [];
    }

    /// <summary>Whether Docker's own engine answers, which has two builders; false in doubt.</summary>
    internal async Task<bool> IsEngineAsync() => DockerText.IsEngine((await GetAsync("/version")).Body ?? []);

    private async Task<string?> AskAsync(string path, string field)
    {
        var (_, body) = await GetAsync(path);
        var id = body is null ? null : DockerText.TryReadText(body, Encoding.ASCII.GetBytes(field));
        return DockerText.IsId(id) ? id : null;
    }

    /// <returns>Its status, 0 when nobody answers in time; the body of 200 alone, when it is not too large.</returns>
    private async Task<(int Status, byte[]? Body)> GetAsync(string path)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            using var peer = new PeerStream(await daemon.ConnectAsync());
            using var ending = deadline.Token.Register(peer.Dispose);
            await peer.SendAsync(Encoding.Latin1.GetBytes(
                $"GET {path} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n"));
            var bytes = await peer.HeadAsync();
            if (!HttpResponseHead.TryRead(bytes.Span, toHead: false, out var head, out _) || head is not { Status: Ok })
            {
                return (head?.Status ?? 0, null);
            }

            peer.Take(bytes.Length);
            var body = await peer.BodyAsync(head.Body, head.Length, MostBytes);
            return (Ok, body is null ? null : Unchunk(body, head.Body).ToArray());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return (0, null);
        }
    }

    /// <summary>The document inside of a chunked body that was found whole.</summary>
    internal static ReadOnlySpan<byte> Unchunk(byte[] body, HttpBody kind)
    {
        if (kind != HttpBody.Chunked)
        {
            return body;
        }

        var rest = body.AsSpan();
        var whole = new List<byte>(body.Length);
        while (true)
        {
            var line = rest.IndexOf("\r\n"u8);
            var digits = rest[..line];
            var mark = digits.IndexOf((byte)';');
            var size = Convert.ToInt32(Encoding.ASCII.GetString(mark < 0 ? digits : digits[..mark]), 16);
            if (size == 0)
            {
                return whole.ToArray();
            }

            whole.AddRange(rest.Slice(line + 2, size));
            rest = rest[(line + 2 + size + 2)..];
        }
    }
}
