using System.Text;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Host.Netlink;

namespace Sallyport.Fuzz.Targets;

/// <summary>What the agent reads of its machine: the hosts file, and messages of rtnetlink(7).</summary>
internal sealed class MachineTarget : IFuzzTarget
{
    public string Name => "machine";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "127.0.0.1 localhost\n198.51.100.7\ta.example.com A.example.com. # the build's\n2001:db8::7 b.example.com\r\n"u8.ToArray(),
        [1, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 3, 0, .. "eth0\0\0\0\0"u8, 8, 0, 10, 0, 3, 0, 0, 0],
        [2, 24, 0, 0, 2, 0, 0, 0, 8, 0, 1, 0, 198, 51, 100, 2, 8, 0, 2, 0, 198, 51, 100, 2],
        [2, 0, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0, 8, 0, 4, 0, 2, 0, 0, 0, 20, 0, 9, 0, 8, 0, 0, 0, 2, 0, 0, 0, 8, 0, 0, 0, 3, 0, 0, 0],
    ];

    public IReadOnlyList<byte[]> Words { get; } =
    [
        [4, 0], [8, 0, 1, 0], [0xff, 0xff], [0, 0], [20, 0, 2, 0], [8, 0, 9, 0], "\n"u8.ToArray(), "#"u8.ToArray(), "::ffff:"u8.ToArray(), "%eth0"u8.ToArray(),
        "0x7f.1"u8.ToArray(),
    ];

    public void Read(ReadOnlySpan<byte> input)
    {
        foreach (var (address, name) in HostsFile.Entries(Encoding.UTF8.GetString(input)))
        {
            ArgumentNullException.ThrowIfNull(address);
            ArgumentNullException.ThrowIfNull(name);
        }

        _ = NetworkDevice.TryRead(input, out _);
        _ = DeviceAddress.TryRead(input, out _);
        GatewayRoute.AddDevices(input, new HashSet<int>());
    }
}
