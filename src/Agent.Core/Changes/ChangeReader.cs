using Sallyport.Agent.Core.Decoding;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Changes;

/// <summary>
/// What a record of a change says. Its bytes are the kernel's, with text of the job in them; what cannot be read says
/// nothing, and a record that was cut off says so. Never throws.
/// </summary>
internal static class ChangeReader
{
    public static IReadOnlyList<MachineChange> Read(in MachineChangedEvent value)
    {
        var list = new ChangeList();
        switch (value.Fixed.Source)
        {
            case ChangeSource.Route:
                RouteChanges.Read(value.Data, list);
                break;
            case ChangeSource.Netfilter:
                NetfilterChanges.Read(value.Data, value.Fixed.Total, list);
                break;
            case ChangeSource.Xfrm:
                XfrmChanges.Read(value.Data, list);
                break;
            case ChangeSource.Table4 or ChangeSource.Table6:
                TableChanges.Read(value.Data, value.Fixed.Source == ChangeSource.Table4 ? "ip" : "ip6", list);
                break;
            case ChangeSource.File:
                FileChanges.Read(value.Data, list);
                break;
            case ChangeSource.Container:
                var end = value.Data.IndexOf((byte)0);
                list.Add(
                    Detection.ProcessFindings.PrivilegedContainer,
                    ("has", ChangeText.Of(value.Data)), ("image", end < 0 ? null : ChangeText.Of(value.Data[(end + 1)..])));
                break;
            case ChangeSource.Service:
                list.Add(Detection.FindingCatalogue.ResolverStopped, ("program", ChangeText.Of(value.Data)));
                break;
        }

        return list.Changes;
    }
}
