using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.GitHub.Commands;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary><c>later-…-set</c>: a step owns the steps after it by their environment. Keeps nothing; each setting is told once a file.</summary>
internal sealed class EnvironmentDetector(Lineage lineage) : IDetector
{
    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        if (value is EnvironmentSet set && KindOf(set.Effect) is { } kind)
        {
            sink.Accept(Finding.Of(
                kind, set, set.Process, set.Step, isBlocked: false,
                ("variable", set.Variable), ("folder", set.Folder), ("file", set.File), ("why", set.Why),
                ("program", lineage.Find(set.Process)?.Exe), ("container", set.Container)));
        }
    }

    private static FindingKind? KindOf(string? effect) => effect switch
    {
        LaterEffect.Code => EnvironmentFindings.CodeSet,
        LaterEffect.Trust => EnvironmentFindings.TrustSet,
        LaterEffect.Search => EnvironmentFindings.SearchSet,
        LaterEffect.Hidden => EnvironmentFindings.SettingsHidden,
        _ => null,
    };
}
