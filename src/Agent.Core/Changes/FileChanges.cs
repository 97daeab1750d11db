using Sallyport.Agent.Core.Detection;

namespace Sallyport.Agent.Core.Changes;

/// <summary>Files that say what a name means: the path, a NUL, what is new in it.</summary>
internal static class FileChanges
{
    public static void Read(ReadOnlySpan<byte> data, ChangeList list)
    {
        var end = data.IndexOf((byte)0);
        var path = ChangeText.Of(data);
        FindingKind? kind = path switch
        {
            "/etc/resolv.conf" => FindingCatalogue.ResolverChanged,
            "/etc/hosts" => FindingCatalogue.HostsChanged,
            "/etc/nsswitch.conf" => FindingCatalogue.NameSwitchChanged,
            _ => null,
        };
        if (kind is not null)
        {
            list.Add(kind, ("file", path), ("new", end < 0 ? null : ChangeText.Of(data[(end + 1)..])));
        }
    }
}
