using System.Globalization;
using System.Net;
using System.Text;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// Docker's forwarders of published ports (docker-proxy): each listens on the machine and sends on to one container, whose
/// address it is started with. Only root's count: anybody may start that program with an address of their own.
/// </summary>
internal static class PortForwarders
{
    private const string Program = "docker-proxy";
    private const string ContainerOption = "-container-ip";
    private const int MostArguments = 64;
    private const int MostArgumentBytes = 8192;

    /// <summary>Sockets that they have open, by inode, with the address of the container behind them.</summary>
    internal static IEnumerable<(string Inode, IPAddress Container)> Sockets()
    {
        foreach (var pid in ProcessNumbers.All())
        {
            if (OfRoot(pid) && ContainerOf(Encoding.UTF8.GetString(ProcessLook.TryRead(pid, "cmdline", MostArgumentBytes) ?? [])) is { } container)
            {
                foreach (var inode in ListeningSockets.Descriptors(pid))
                {
                    yield return (inode, container);
                }
            }
        }
    }

    /// <summary>The container's address, of the arguments as proc(5) has them; null when they name none.</summary>
    internal static IPAddress? ContainerOf(string arguments)
    {
        var words = arguments.Split('\0', MostArguments);
        var option = Array.IndexOf(words, ContainerOption);
        return option >= 0 && option + 1 < words.Length && IPAddress.TryParse(words[option + 1], out var address) ? address : null;
    }

    private static bool OfRoot(int pid) =>
        ProcText.TryReadLink(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/exe")) is { } exe
        && Path.GetFileName(exe) == Program
        && UserAccount.IdsOfProcess(pid) is { User: 0 };
}
