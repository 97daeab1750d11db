using System.Net.Sockets;
using System.Text;
using Sallyport.Agent.Core.DockerApi;

namespace Sallyport.Agent.Enforcement.DockerSocket;

/// <summary>The daemon's half of one exchange. What looks at what the client says on a connection that became a stream gives why that ends.</summary>
internal sealed class ExchangeReply(
    PeerStream client, PeerStream daemon, RequestTracker tracker, ContainerOwner owner, Func<ReadOnlyMemory<byte>, string?>? watch)
{
    /// <summary>Of a reply to a create.</summary>
    private const int MostReplyBytes = 256 * 1024;

    /// <summary>Passes the reply on, and what the connection becomes after it.</summary>
    /// <param name="head">Of the request, which the daemon has.</param>
    /// <param name="request">What it means.</param>
    /// <param name="tracked">What is known of it.</param>
    /// <param name="upload">Ends with the request's body; whether it has passed whole.</param>
    /// <param name="wasContinued">The client was told to go on already: the daemon's word is not passed on.</param>
    /// <returns>Whether another request may follow.</returns>
    internal async Task<bool> PassAsync(
        HttpRequestHead head, DockerRequest request, TrackedRequest tracked, Task<bool> upload, bool wasContinued)
    {
        var wasTold = !head.ExpectsContinue || wasContinued;
        while (true)
        {
            var bytes = await daemon.HeadAsync();
            if (bytes.IsEmpty
                || !HttpResponseHead.TryRead(bytes.Span, head.Method == "HEAD", out var reply, out _) || reply is null)
            {
                return false;
            }

            if (!reply.IsInterim)
            {
                // A client that was never told to send its body may send it or not: nobody could say what follows.
                return await PassFinalAsync(head, request, tracked, upload, bytes, reply)
                    && (wasTold || upload.IsCompleted) && await upload;
            }

            if (reply.Status != 100 || !wasContinued)
            {
                await client.SendAsync(bytes);
            }

            wasTold = true;
            daemon.Take(bytes.Length);
        }
    }

    private async Task<bool> PassFinalAsync(
        HttpRequestHead head, DockerRequest request, TrackedRequest tracked, Task<bool> upload, ReadOnlyMemory<byte> bytes,
        HttpResponseHead reply)
    {
        var isDone = reply.Status is 101 or (>= 200 and < 300);
        if (isDone)
        {
            await tracker.DoneAsync(request, tracked);
        }

        if (isDone && request.Action is (DockerAction.CreateContainer or DockerAction.CreateExec))
        {
            return await PassCreatedAsync(request, tracked, bytes.ToArray(), reply) && head.KeepsAlive && reply.KeepsAlive;
        }

        var becomesStream = request.BecomesStream
            && (reply.Status == 101 || (reply.Status == 200 && reply.Body == HttpBody.UntilClose));
        if (!becomesStream)
        {
            // 101: another protocol, in which requests could not be seen
            return reply.Status != 101 && await PassPlainAsync(head, bytes, reply);
        }

        await client.SendAsync(bytes);
        daemon.Take(bytes.Length);
        if (await upload)
        {
            string? why = null;
            var passing = daemon.PassAllAsync(client);
            await client.PassAllAsync(daemon, watch is null ? null : bytes => (why = watch(bytes)) is null);
            if (why is not null)
            {
                daemon.Dispose();
                await EndedAsync(passing); // one writer at a time
                await client.SendAsync(GoAway(why));
                return false;
            }

            await passing;
        }

        return false;
    }

    private static async Task EndedAsync(Task passing)
    {
        try
        {
            await passing;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // ended, as was asked for
        }
    }

    /// <summary>RFC 9113, 6.8: the client shows what stands in it when the connection ends.</summary>
    private static byte[] GoAway(string why)
    {
        var text = Encoding.UTF8.GetBytes(why);
        var frame = new byte[17 + text.Length];
        frame[1] = (byte)((8 + text.Length) >> 8);
        frame[2] = (byte)(8 + text.Length);
        frame[3] = 7; // GOAWAY
        frame[16] = 12; // INADEQUATE_SECURITY
        text.CopyTo(frame, 17);
        return frame;
    }

    private async Task<bool> PassPlainAsync(HttpRequestHead head, ReadOnlyMemory<byte> bytes, HttpResponseHead reply)
    {
        await client.SendAsync(bytes);
        daemon.Take(bytes.Length);
        return await daemon.PassBodyAsync(reply.Body, reply.Length, client) && head.KeepsAlive && reply.KeepsAlive;
    }

    /// <summary>The client learns the id when the kernel knows it.</summary>
    private async Task<bool> PassCreatedAsync(
        DockerRequest request, TrackedRequest tracked, byte[] head, HttpResponseHead reply)
    {
        daemon.Take(head.Length);
        var body = await daemon.BodyAsync(reply.Body, reply.Length, MostReplyBytes);
        tracker.Created(request, tracked, owner, body is null ? [] : ContainerSearch.Unchunk(body, reply.Body));
        if (body is null)
        {
            return false;
        }

        await client.SendAsync(head);
        await client.SendAsync(body);
        return true;
    }
}
