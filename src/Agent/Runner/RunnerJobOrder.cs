using System.Globalization;
using System.Text;
using Sallyport.Agent.Control.Sockets;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Runner;

/// <summary>
/// What the service passes to the process of a job: a line of words, then the client's request as its bytes were. Between two
/// images of one program, so it has no version.
/// </summary>
/// <param name="Worker">Of the job.</param>
/// <param name="Origin"><c>image</c>, <c>action</c>, or <see cref="Whose"/>.</param>
/// <param name="Peer">Who asked, as the kernel noted it; all zero when nobody did.</param>
/// <param name="Request">Empty when the service covers the job unasked.</param>
internal sealed record RunnerJobOrder(ProcessIdentity Worker, string Origin, PeerCredentials Peer, ReadOnlyMemory<byte> Request)
{
    /// <summary>Origin of a question: does the peer descend from a step of yours?</summary>
    internal const string Whose = "whose";

    private const string OfImage = "image";
    private const string Unsaid = "-";

    /// <summary>The machine's service covers the job, asked or not.</summary>
    internal bool IsCovered => Origin == OfImage;

    /// <summary>Of a job that is taken over, <c>job</c> or <c>machine</c> as before; null: to be settled.</summary>
    internal string? Scope { get; init; }

    internal byte[] Format()
    {
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{Worker.Pid} {Worker.StartTicks} {Origin} {Peer.Pid} {Peer.User} {Peer.Group} {Scope ?? Unsaid}\n");
        return [.. Encoding.ASCII.GetBytes(line), .. Request.Span];
    }

    internal static bool TryParse(byte[] bytes, out RunnerJobOrder order)
    {
        order = new RunnerJobOrder(new ProcessIdentity(0, 0), "", default, default);
        var end = Array.IndexOf(bytes, (byte)'\n');
        var words = end < 0 ? [] : Encoding.ASCII.GetString(bytes, 0, end).Split(' ');
        if (words.Length != 7
            || !int.TryParse(words[0], CultureInfo.InvariantCulture, out var pid)
            || !long.TryParse(words[1], CultureInfo.InvariantCulture, out var start)
            || !int.TryParse(words[3], CultureInfo.InvariantCulture, out var peer)
            || !uint.TryParse(words[4], CultureInfo.InvariantCulture, out var user)
            || !uint.TryParse(words[5], CultureInfo.InvariantCulture, out var group))
        {
            return false;
        }

        order = new RunnerJobOrder(
            new ProcessIdentity(pid, start), words[2], new PeerCredentials(peer, user, group), bytes.AsMemory(end + 1))
        {
            Scope = words[6] == Unsaid ? null : words[6],
        };
        return true;
    }
}
