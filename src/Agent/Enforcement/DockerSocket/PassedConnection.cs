using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Sallyport.Agent.Core.DockerApi;

namespace Sallyport.Agent.Enforcement.DockerSocket;

/// <summary>
/// One client, and a connection of its own to the daemon: every request and reply passes unchanged, one exchange after the
/// other; only the name of a container that was looked at is replaced by its id, so that it is the one that was looked at. What cannot be read in one way only ends the connection, so that no request passes unseen.
/// </summary>
internal sealed class PassedConnection(
    PeerStream client, PeerStream daemon, DockerClient who, RequestTracker tracker, IRequestJudge? judge) : IDisposable
{
    /// <summary>Of a request that the judge looks into.</summary>
    private const int MostBodyBytes = 4 * 1024 * 1024;

    /// <summary>What a refused client still sends is read so far, and so long.</summary>
    private const long MostRefusedBytes = 256 * 1024 * 1024;
    private static readonly TimeSpan RefusedDeadline = TimeSpan.FromSeconds(10);

    /// <summary>Ends with the connection.</summary>
    internal async Task RunAsync()
    {
        try
        {
            if (who.Owner is null)
            {
                await Task.WhenAll(client.PassAllAsync(daemon), daemon.PassAllAsync(client));
                return;
            }

            while (await ExchangeAsync(who.Owner))
            {
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One side is gone, which the other one sees now.
        }
    }

    public void Dispose()
    {
        client.Dispose();
        daemon.Dispose();
    }

    /// <returns>Whether another request may follow.</returns>
    private async Task<bool> ExchangeAsync(ContainerOwner owner)
    {
        var bytes = await client.HeadAsync();
        if (bytes.IsEmpty)
        {
            if (!client.Waiting.IsEmpty)
            {
                await AnswerAsync(400, "the request's head does not end, or is too long");
            }

            return false;
        }

        if (!HttpRequestHead.TryRead(bytes.Span, out var head, out var defect) || head is null)
        {
            await AnswerAsync(400, $"the request cannot be understood ({defect}), and was not passed on");
            return false;
        }

        var request = DockerRequest.Of(head);
        var headBytes = bytes.ToArray();
        client.Take(headBytes.Length);
        if (await JudgeAsync(request, head) is not { } judged)
        {
            return false;
        }

        var body = judged.Body;
        if (judged.Container is { } container)
        {
            request = request with { Reference = container };
            headBytes = DockerRequest.ForContainer(headBytes, head, container);
        }

        using var tracked = await tracker.BeginAsync(request, owner);
        var goesOn = false;
        var upload = Task.FromResult(true);
        try
        {
            await daemon.SendAsync(headBytes);
            upload = UploadAsync(head, body);
            goesOn = await new ExchangeReply(client, daemon, tracker, owner, judge?.Watch(who, request)).PassAsync(head, request, tracked, upload, body is not null);
            return goesOn;
        }
        finally
        {
            if (!goesOn)
            {
                Dispose();
            }

            await SettleAsync(upload);
        }
    }

    /// <returns>Null when it was refused, and the client has been told.</returns>
    private async Task<Judged?> JudgeAsync(DockerRequest request, HttpRequestHead head)
    {
        if (judge is null)
        {
            return default(Judged);
        }

        byte[]? body = null;
        if (judge.WantsBody(request.Action) && head.Body != HttpBody.None)
        {
            if (head.ExpectsContinue)
            {
                await client.SendAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray());
            }

            body = await client.BodyAsync(head.Body, head.Length, MostBodyBytes);
            if (body is null)
            {
                await AnswerAsync(413, "sallyport: the request is too large to be looked at, and was not passed on");
                return null;
            }
        }

        var document = body is null ? [] : ContainerSearch.Unchunk(body, head.Body);
        var why = judge.Refuse(who, request, head, document);
        string? container = null;
        if (why is null && judge.WantsDescription(request.Action))
        {
            if (await tracker.DescribeAsync(request.Reference) is not { } description)
            {
                await AnswerAsync(404, $"No such container: {request.Reference}");
                return null;
            }

            why = judge.RefuseDescribed(who, request, description);
            container = DockerText.TryReadText(description, "Id"u8);
        }

        if (why is null)
        {
            return new Judged(body, container);
        }

        await AnswerAsync(403, why);
        return null;
    }

    /// <param name="Body">That was read; null for what still comes.</param>
    /// <param name="Container">Id of the container that was looked at; null for none.</param>
    private readonly record struct Judged(byte[]? Body, string? Container);

    /// <returns>Whether the body has passed whole.</returns>
    private async Task<bool> UploadAsync(HttpRequestHead head, byte[]? body)
    {
        if (body is not null)
        {
            await daemon.SendAsync(body);
        }
        else if (!await client.PassBodyAsync(head.Body, head.Length, daemon))
        {
            daemon.SayEnd();
            return false;
        }

        // Begun here, so that who reads the next head finds it begun.
        if (client.Waiting.IsEmpty)
        {
            _ = SettleAsync(WatchAsync(client.FillAsync()));
        }

        return true;
    }

    /// <summary>
    /// When the client goes, the daemon is to know at once: a pull that nobody waits for would go on. One that asks for more
    /// before it has its reply is watched no further.
    /// </summary>
    private async Task WatchAsync(Task<bool> filling)
    {
        if (!await filling)
        {
            daemon.SayEnd();
        }
    }

    /// <summary>As the daemon says it: <c>{"message":"…"}</c>. The connection ends after it.</summary>
    private async Task AnswerAsync(int status, string message)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteString("message"u8, message);
            json.WriteEndObject();
        }

        var word = status switch { 403 => "Forbidden", 404 => "Not Found", 413 => "Content Too Large", _ => "Bad Request" };
        await client.SendAsync(Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {status} {word}\r\nContent-Type: application/json\r\nContent-Length: {text.Length}\r\n"
            + "Connection: close\r\n\r\n"));
        await client.SendAsync(text.ToArray());
        client.SayEnd();
        await client.DrainAsync(RefusedDeadline, MostRefusedBytes);
    }

    /// <summary>Ends when the task does; what made it fail shows where the reply is read.</summary>
    internal static async Task SettleAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // the connection is over
        }
    }
}
