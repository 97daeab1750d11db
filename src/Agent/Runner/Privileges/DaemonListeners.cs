using System.Globalization;
using System.Net;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Runner.Privileges;

/// <summary>
/// Where the container daemons of this network namespace listen, whatever they were told: Docker takes any number of <c>--host</c>. Those of
/// root's alone, by the names of their programs: a daemon of the user's own gives nothing that the user has not.
/// </summary>
internal static class DaemonListeners
{
    private const string Listening = "0A"; // TCP_LISTEN
    private const int WordBytes = 4;

    /// <param name="withRuntimes">Those below Docker too.</param>
    internal static IEnumerable<DaemonListener> Find(bool withRuntimes)
    {
        var programs = withRuntimes ? ContainerDaemons.Programs : ContainerDaemons.HttpPrograms;
        var network = ProcText.TryReadLink("/proc/self/ns/net");
        foreach (var pid in ProcessNumbers.All())
        {
            if (Path.GetFileName(ProcText.TryReadLink($"/proc/{pid}/exe")) is not { } program
                || !programs.Contains(program)
                || UserAccount.IdsOfProcess(pid) is not { User: 0 }
                || ProcText.TryReadLink($"/proc/{pid}/ns/net") != network)
            {
                continue;
            }

            var own = ListeningSockets.Descriptors(pid);
            var process = pid.ToString(CultureInfo.InvariantCulture);
            (string Inode, string Address)[] all =
            [
                .. ListeningSockets.UnixOf(process), .. Tcp(ProcText.TryRead($"/proc/{pid}/net/tcp")), .. Tcp(ProcText.TryRead($"/proc/{pid}/net/tcp6")),
            ];
            foreach (var (_, address) in all.Where(socket => own.Contains(socket.Inode)))
            {
                yield return new DaemonListener(program, address);
            }
        }
    }

    /// <summary>Sockets that listen, by a table of the kernel's (proc(5)): <c>0: 0100007F:0947 00000000:0000 0A …</c>, the inode tenth.</summary>
    internal static IEnumerable<(string Inode, string Address)> Tcp(string? table)
    {
        foreach (var line in (table ?? string.Empty).Split('\n').Skip(1))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 9 && words[3] == Listening && TryRead(words[1]) is { } address)
            {
                yield return (words[9], address.ToString());
            }
        }
    }

    /// <summary>Words of four bytes in the machine's order, then the port.</summary>
    private static IPEndPoint? TryRead(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon is not (8 or 32) || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var port)
            || port > IPEndPoint.MaxPort)
        {
            return null;
        }

        Span<byte> address = stackalloc byte[16];
        if (Convert.FromHexString(text.AsSpan(0, colon), address, out _, out var length) != System.Buffers.OperationStatus.Done)
        {
            return null;
        }

        address = address[..length];
        for (var word = address; !word.IsEmpty && BitConverter.IsLittleEndian; word = word[WordBytes..])
        {
            word[..WordBytes].Reverse();
        }

        return new IPEndPoint(new IPAddress(address), port);
    }
}
