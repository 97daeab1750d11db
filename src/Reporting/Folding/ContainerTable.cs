using System.Collections.Immutable;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;

namespace Sallyport.Reporting.Folding;

/// <summary>Containers of the job; a later line of the same one adds what the first did not know. Bounded.</summary>
internal sealed class ContainerTable(int limit, LossTable losses, TextBudget texts)
{
    private readonly Dictionary<string, ContainerStarted> rows = new(StringComparer.Ordinal);

    public void Started(ContainerStarted e)
    {
        if (rows.TryGetValue(e.Container, out var known))
        {
            var merged = known with
            {
                Name = known.Name ?? e.Name,
                Image = known.Image ?? e.Image,
                Step = known.StepInferred || known.Step is null ? e.Step ?? known.Step : known.Step,
                StepInferred = known.StepInferred && e.StepInferred,
            };
            if (texts.TryReplace(CharactersOf(known), CharactersOf(merged)))
            {
                rows[e.Container] = merged;
            }
        }
        else if (rows.Count >= limit)
        {
            losses.Add("report-containers", 1);
        }
        else if (texts.TryTake(CharactersOf(e)))
        {
            rows.Add(e.Container, e);
        }
    }

    public ImmutableArray<ContainerDocument> Documents(WallClock clock, StepTable steps) =>
    [
        .. rows.Values
            .OrderBy(row => row.BootTimeNs)
            .ThenBy(row => row.Container, StringComparer.Ordinal)
            .Select(row => new ContainerDocument(
                row.Container, row.Name, row.Image, steps.Find(row.Step), row.StepInferred, clock.At(row.BootTimeNs))),
    ];

    private static long CharactersOf(ContainerStarted e) => TextBudget.Of(e.Container, e.Name, e.Image, e.Step, e.HostAccess);
}
