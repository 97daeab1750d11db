using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Sallyport.Lab.Namespaces;

/// <summary>Joins the two namespaces, gives the addresses, and proves that the client has no other way.</summary>
internal static class LabWiring
{
    private const string ClientHardware = "02:00:00:00:00:02";
    private const string WorldHardware = "02:00:00:00:00:01";

    internal static async Task ConnectAsync(
        NamespaceThread client, NamespaceThread world, string clientInterface, string worldInterface, string? clientPort)
    {
        var peer = $"peer name {worldInterface} address {WorldHardware} netns {world.NetworkPath}";
        // A bridge of this hardware address, whose only port is the wire; forwarding from the first packet on.
        var device = clientPort is null
            ? $"link add {clientInterface} address {ClientHardware} type veth {peer}"
            : $"""
            link add {clientInterface} address {ClientHardware} type bridge forward_delay 0 mcast_snooping 0
            link add {clientPort} type veth {peer}
            link set {clientPort} addrgenmode none
            link set {clientPort} master {clientInterface} up
            """;
        await IpAsync(
            client,
            $"""
            link set lo up
            {device}
            link set {clientInterface} addrgenmode none
            addr add {LabAddresses.Client}/24 dev {clientInterface}
            addr add {LabAddresses.Client6}/32 dev {clientInterface} nodad
            link set {clientInterface} up
            """);
        // Neighbours are written down: a packet never waits for an answer to ARP, so what was sent has arrived.
        var addresses = new StringBuilder();
        var neighbours = new StringBuilder();
        foreach (var address in LabAddresses.OfWorld)
        {
            var length = address.Contains(':', StringComparison.Ordinal) ? "128 nodad" : "32";
            addresses.Append(CultureInfo.InvariantCulture, $"addr add {address}/{length} dev {worldInterface}\n");
            neighbours.Append(
                CultureInfo.InvariantCulture,
                $"neigh add {address} lladdr {WorldHardware} dev {clientInterface} nud permanent\n");
        }

        await IpAsync(
            world,
            $"""
            link set lo up
            link set {worldInterface} addrgenmode none
            link set {worldInterface} up
            {addresses}
            route add 198.51.100.0/24 dev {worldInterface}
            route add 2001:db8::/32 dev {worldInterface}
            neigh add {LabAddresses.Client} lladdr {ClientHardware} dev {worldInterface} nud permanent
            neigh add {LabAddresses.Client6} lladdr {ClientHardware} dev {worldInterface} nud permanent
            """);
        await IpAsync(
            client,
            $"""
            route add default via {LabAddresses.Gateway}
            route add default via {LabAddresses.Gateway6}
            {neighbours}
            """);
        client.Run(() =>
        {
            Set("net/ipv4/ping_group_range", "0 2147483647");
            // 1 client, 4 data in the SYN without a cookie: the first packet carries the canary.
            Set("net/ipv4/tcp_fastopen", "5");
            Set("net/ipv4/tcp_syn_retries", "2");
        });
        world.Run(() => Set("net/ipv4/tcp_fastopen", "0x603"));
        await ProveAsync(client, clientInterface);
    }

    /// <summary>Nothing is sent before every address is known to leave by the laboratory's own wire.</summary>
    private static async Task ProveAsync(NamespaceThread client, string clientInterface)
    {
        var questions = string.Join('\n', LabAddresses.OfWorld.Select(address => $"route get {address}"));
        var answers = (await IpAsync(client, questions)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith(' ')).ToList();
        if (answers.Count != LabAddresses.OfWorld.Count ||
            answers.Any(a => !a.Contains($" dev {clientInterface} ", StringComparison.Ordinal)))
        {
            throw new LabException($"Not every address leaves by {clientInterface}:\n{string.Join('\n', answers)}");
        }
    }

    private static void Set(string name, string value) => File.WriteAllText($"/proc/sys/{name}", value);

    private static async Task<string> IpAsync(NamespaceThread where, string commands)
    {
        var start = new ProcessStartInfo("/usr/bin/nsenter", [$"--net={where.NetworkPath}", "ip", "-batch", "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new LabException("nsenter was not started.");
        await process.StandardInput.WriteAsync(commands + "\n");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? await output
            : throw new LabException($"ip -batch: exit {process.ExitCode}\n{errors}{commands}");
    }
}
