using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using Sallyport.Lab.Traffic;

namespace Sallyport.Lab.Servers;

/// <summary>The protocols that the servers of the world speak, as far as the tests need them.</summary>
internal static class TcpServices
{
    private const int MaxHelloBytes = 65536;

    /// <summary>Listens until the client has finished, and closes.</summary>
    internal static async Task SinkAsync(Stream stream, Conversation conversation)
    {
        var buffer = new byte[16384];
        int count;
        while ((count = await stream.ReadAsync(buffer)) > 0)
        {
            conversation.Add(buffer.AsSpan(0, count));
        }
    }

    /// <summary>As SSH (RFC 4253 section 4.2): both sides open with a line.</summary>
    internal static async Task SshAsync(Stream stream, Conversation conversation)
    {
        await stream.WriteAsync("SSH-2.0-Lab\r\n"u8.ToArray());
        await SinkAsync(stream, conversation);
    }

    /// <summary>
    /// TLS from the first byte. The hello is read by <see cref="ClientHello"/> first, so that the name is known also
    /// when the handshake fails, as it does for the attack programs.
    /// </summary>
    internal static async Task TlsAsync(Stream stream, Conversation conversation)
    {
        var hello = new List<byte>();
        var buffer = new byte[16384];
        string? name = null;
        while (name is null && hello.Count < MaxHelloBytes)
        {
            var count = await stream.ReadAsync(buffer);
            if (count == 0)
            {
                return;
            }

            hello.AddRange(buffer.AsSpan(0, count));
            if (!ClientHello.TryRead(hello.ToArray(), out name))
            {
                conversation.Add(hello.ToArray());
                await SinkAsync(stream, conversation);
                return;
            }
        }

        conversation.ServerName = name;
        await using var tls = new SslStream(new PrefixedStream([.. hello], stream));
        try
        {
            await tls.AuthenticateAsServerAsync(TestAuthority.ServerFor(name));
        }
        catch (AuthenticationException)
        {
            // Attack programs only pretend to speak TLS; what they say afterwards counts.
            await SinkAsync(stream, conversation);
            return;
        }

        await HttpAsync(tls, conversation);
    }

    /// <summary>
    /// HTTP/1.1: any request is answered 200 with `ok`; the connection stays open for the next. A git client finds one branch, and below
    /// /local/ a repository; <see cref="Payload"/>, <see cref="TokenIssuer"/> and <see cref="RepositoryContents"/> have their own.
    /// </summary>
    internal static async Task HttpAsync(Stream stream, Conversation conversation)
    {
        while (await ReadHeadAsync(stream, conversation) is { } head)
        {
            var content = new byte[head.ContentLength];
            await stream.ReadExactlyAsync(content);
            conversation.Add(content);
            if (GitRepository.Serves(head))
            {
                var (type, answer) = await GitRepository.AnswerAsync(head, content);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(
                    $"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\nContent-Length: {answer.Length}\r\n\r\n"));
                await stream.WriteAsync(answer);
                continue;
            }

            if (TokenIssuer.TryAnswer(head) is { } said)
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(
                    $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {said.Length}\r\n\r\n{said}"));
                continue;
            }

            if (Payload.TryFind(head.Target) is { } file)
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {file.Length}\r\n\r\n"));
                await stream.WriteAsync(head.Method == "HEAD" ? default : file);
                continue;
            }

            var body = head.Method == "HEAD" ? "" : RepositoryContents.TryAnswer(head) is { } contents ? contents : head.Target.Contains("/info/refs", StringComparison.Ordinal)
                ? $"{new string('1', 40)}\trefs/heads/main\n"
                : "ok";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
        }
    }

    /// <summary>HTTP CONNECT (RFC 9110 section 9.3.6): says yes to everything and serves TLS itself.</summary>
    internal static async Task ProxyAsync(Stream stream, Conversation conversation)
    {
        if (await ReadHeadAsync(stream, conversation) is not { } head)
        {
            return;
        }

        if (head.Method == "CONNECT")
        {
            conversation.Host = head.Target;
            await stream.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray());
            await TlsAsync(stream, conversation);
        }
        else
        {
            await stream.WriteAsync(
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"u8.ToArray());
        }
    }

    /// <summary>SMTP with STARTTLS (RFC 3207).</summary>
    internal static async Task MailAsync(Stream stream, Conversation conversation)
    {
        await stream.WriteAsync("220 lab ESMTP\r\n"u8.ToArray());
        while (await ReadLineAsync(stream, conversation) is { } line)
        {
            if (line.StartsWith("EHLO", StringComparison.OrdinalIgnoreCase))
            {
                await stream.WriteAsync("250-lab\r\n250 STARTTLS\r\n"u8.ToArray());
            }
            else if (line.StartsWith("STARTTLS", StringComparison.OrdinalIgnoreCase))
            {
                await stream.WriteAsync("220 go\r\n"u8.ToArray());
                await TlsAsync(stream, conversation);
                return;
            }
            else
            {
                await stream.WriteAsync("250 ok\r\n"u8.ToArray());
            }
        }
    }

    /// <summary>PostgreSQL: SSLRequest (length 8, code 80877103) is answered S, then TLS begins.</summary>
    internal static async Task PostgresAsync(Stream stream, Conversation conversation)
    {
        var request = new byte[8];
        await stream.ReadExactlyAsync(request);
        conversation.Add(request);
        if (request.AsSpan().SequenceEqual((byte[])[0, 0, 0, 8, 4, 0xD2, 0x16, 0x2F]))
        {
            await stream.WriteAsync("S"u8.ToArray());
            await TlsAsync(stream, conversation);
        }
        else
        {
            await SinkAsync(stream, conversation);
        }
    }

    private static async Task<HttpHead?> ReadHeadAsync(Stream stream, Conversation conversation)
    {
        if (await ReadLineAsync(stream, conversation) is not { } first ||
            first.Split(' ') is not [var method, var target, ..])
        {
            return null;
        }

        var length = 0;
        var isCompressed = false;
        while (await ReadLineAsync(stream, conversation) is { Length: > 0 } line)
        {
            if (line.StartsWith("Host:", StringComparison.OrdinalIgnoreCase))
            {
                conversation.Host = line[5..].Trim();
            }
            else if (line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
            {
                _ = int.TryParse(line.AsSpan(15), out length);
            }
            else if (line.StartsWith("Content-Encoding: gzip", StringComparison.OrdinalIgnoreCase))
            {
                isCompressed = true;
            }
        }

        return new HttpHead(method, target, Math.Clamp(length, 0, 1 << 20), isCompressed);
    }

    /// <summary>A line without its end; null at the end of the stream.</summary>
    private static async Task<string?> ReadLineAsync(Stream stream, Conversation conversation)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one) == 1)
        {
            conversation.Add(one);
            if (one[0] == (byte)'\n')
            {
                return Encoding.Latin1.GetString([.. line]).TrimEnd('\r');
            }

            line.Add(one[0]);
        }

        return null;
    }
}
