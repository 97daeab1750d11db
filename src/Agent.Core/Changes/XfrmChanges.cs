using System.Runtime.InteropServices;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Core.Detection;

namespace Sallyport.Agent.Core.Changes;

/// <summary>IPsec: messages of NETLINK_XFRM (linux/xfrm.h), which PF_KEY causes too.</summary>
internal static class XfrmChanges
{
    private const ushort NewState = 0x10;
    private const ushort NewPolicy = 0x13;
    private const ushort UpdatedPolicy = 0x19;
    private const ushort UpdatedState = 0x1a;

    // struct xfrm_selector: destination, source, ports, family at 40, prefix length at 42
    private const int SelectorFamily = 40;
    private const int SelectorPrefix = 42;
    private const int SelectorBytes = 56;

    // struct xfrm_usersa_info: selector, destination, …, family at 212
    private const int StateFamily = 212;
    private const int StateBytes = 224;

    public static void Read(ReadOnlySpan<byte> data, ChangeList list)
    {
        var reader = new NetlinkReader(data);
        while (reader.TryNext(out var type, out var body))
        {
            if (type is NewPolicy or UpdatedPolicy && body.Length >= SelectorBytes)
            {
                var family = MemoryMarshal.Read<ushort>(body[SelectorFamily..]);
                list.Add(
                    FindingCatalogue.IpsecChanged,
                    ("what", "policy"),
                    ("destination", ChangeText.AddressOf(family, body, body[SelectorPrefix])));
            }
            else if (type is NewState or UpdatedState && body.Length >= StateBytes)
            {
                var family = MemoryMarshal.Read<ushort>(body[StateFamily..]);
                list.Add(
                    FindingCatalogue.IpsecChanged,
                    ("what", "state"),
                    ("destination", ChangeText.AddressOf(family, body[SelectorBytes..])));
            }
        }
    }
}
