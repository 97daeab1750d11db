using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Sallyport.Agent.Core.Detection;
using Sallyport.Policy.Reading;
using Xunit;

namespace Sallyport.Agent.Core.Tests.Detection;

public sealed class DetectionsPageTests
{
#pragma warning disable RS0030 // The one place where these tests read the environment.
    private static readonly bool Update = Environment.GetEnvironmentVariable("SALLYPORT_UPDATE_GOLDEN") == "1";
#pragma warning restore RS0030

    // Words of a workflow, not of a policy.
    private static readonly string[] NoPolicies = ["sudo: bounded", "id-token: write"];

    private static readonly string Page = Path.Combine(
        typeof(DetectionsPageTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "RepositoryRoot").Value!,
        "docs",
        "detections.md");

    [Fact]
    public void The_page_of_the_manual_is_made_from_the_catalogue()
    {
        if (Update)
        {
            File.WriteAllText(Page, DetectionsPage.Render(), new UTF8Encoding(false));
        }

        Assert.Equal(File.ReadAllText(Page), DetectionsPage.Render());
    }

    [Fact]
    public void An_id_is_in_kebab_case_and_stands_for_one_kind()
    {
        Assert.All(FindingCatalogue.All, kind => Assert.Matches(new Regex("^[a-z0-9]+(-[a-z0-9]+)+$"), kind.Id));
        Assert.Equal(FindingCatalogue.All.Length, FindingCatalogue.All.Select(kind => kind.Id).Distinct().Count());
    }

    [Fact]
    public void Every_policy_that_the_page_advises_is_read_without_a_mistake()
    {
        string[] snippets =
        [
            .. FindingCatalogue.All.SelectMany(kind => new Regex("`([A-Za-z]+: [^`]+)`").Matches($"{kind.Title} {kind.Why} {kind.WhatToDo}"))
                .Select(match => match.Groups[1].Value).Where(text => !NoPolicies.Contains(text)).Distinct(),
        ];

        Assert.Equal(4, snippets.Length);
        Assert.All(snippets, text => Assert.Empty(
            PolicyReader.Read(PolicySource.File("detections.md", Encoding.UTF8.GetBytes($"version: 1\n{text}\n"))).Mistakes));
    }

    [Fact]
    public void Evidence_is_told_of_every_kind_and_each_key_once() => Assert.All(FindingCatalogue.All, kind =>
    {
        Assert.NotEmpty(kind.Evidence);
        Assert.Equal(kind.Evidence.Length, kind.Evidence.Select(field => field.Key).Distinct().Count());
        Assert.All(kind.Evidence, field => Assert.Matches("^[a-z][A-Za-z]+$", field.Key));
    });

    [Fact]
    public void A_severity_is_one_that_the_report_knows() =>
        Assert.All(FindingCatalogue.All, kind => Assert.Contains(kind.Severity, (string[])["low", "medium", "high", "critical"]));
}
