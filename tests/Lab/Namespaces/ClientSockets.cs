using System.Diagnostics;

namespace Sallyport.Lab.Namespaces;

/// <summary>Waits until the client's kernel has nothing left to send for sockets whose process is gone.</summary>
internal static class ClientSockets
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    internal static async Task SettleAsync(NamespaceThread client)
    {
        var started = Stopwatch.GetTimestamp();
        while (client.Run(HasUnsent) && Stopwatch.GetElapsedTime(started) < s_limit)
        {
            await Task.Delay(5);
        }
    }

    /// <summary>Column 5 of /proc/net/tcp is `tx_queue:rx_queue`, hexadecimal.</summary>
    private static bool HasUnsent() => Lines("/proc/thread-self/net/tcp").Concat(Lines("/proc/thread-self/net/tcp6"))
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Any(fields => fields.Length > 4 && !fields[4].StartsWith("00000000:", StringComparison.Ordinal));

    private static IEnumerable<string> Lines(string path) => File.ReadAllLines(path).Skip(1);
}
