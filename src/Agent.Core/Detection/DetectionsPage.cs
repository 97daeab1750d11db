using System.Text;

namespace Sallyport.Agent.Core.Detection;

/// <summary>docs/detections.md, from the catalogue.</summary>
public static class DetectionsPage
{
    /// <summary>The whole page, in Markdown.</summary>
    public static string Render()
    {
        var page = new StringBuilder(
            """
            # Detections

            What a report can list under findings. None of them changes a verdict; `--fail-on finding` makes any of them fail the run.
            Changes of the machine are named with the process that made them. What a container runtime does for the job's containers is its
            work and no finding, nor is anything inside a container's or the job's own network namespaces. This page is made from
            `src/Agent.Core/Detection/FindingCatalogue.cs`.

            | id | severity | what was found |
            |---|---|---|

            """);
        foreach (var kind in FindingCatalogue.All)
        {
            page.Append($"| [`{kind.Id}`](#{kind.Id}) | {kind.Severity} | {kind.Title} |\n");
        }

        foreach (var kind in FindingCatalogue.All)
        {
            page.Append($"\n## {kind.Id}\n\n{kind.Title} {kind.Why}\n\n**What to do:** {kind.WhatToDo}\n");
        }

        return page.ToString();
    }
}
