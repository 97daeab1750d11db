using System.Net;
using System.Text.RegularExpressions;

namespace Sallyport.Server.Tests.Ui;

/// <summary>A form of a page, as somebody sees it.</summary>
/// <param name="Action">Where it is sent.</param>
/// <param name="Fields">What stands in it already: hidden fields.</param>
internal sealed partial record PageForm(string Action, (string Name, string Value)[] Fields)
{
    /// <summary>Page and handler, as in <c>/findings/{id} Suppress</c>.</summary>
    public string Handler
    {
        get
        {
            var path = Id().Replace(Action.Split('?')[0], "{id}");
            return $"{path} {HandlerOf().Match(Action).Groups["name"].Value}".TrimEnd();
        }
    }

    /// <summary>Forms of a page that change something; one with several buttons is several.</summary>
    /// <param name="path">Of the page: where a form goes that names no other place.</param>
    /// <param name="page">Its text.</param>
    public static IEnumerable<PageForm> Of(string path, string page)
    {
        foreach (Match form in Form().Matches(page))
        {
            (string, string)[] fields = [.. Input().Matches(form.Value).Select(input => input.Value)
                .Where(input => Attribute(input, "type") == "hidden" && Attribute(input, "name") is not (null or "__RequestVerificationToken"))
                .Select(input => (Attribute(input, "name")!, Attribute(input, "value") ?? ""))];
            var own = Attribute(Start().Match(form.Value).Value, "action") ?? path;
            var buttons = Button().Matches(form.Value).Select(button => Attribute(button.Value, "formaction") ?? own).Distinct();
            foreach (var action in buttons)
            {
                yield return new PageForm(action, fields);
            }
        }
    }

    private static string? Attribute(string element, string name) =>
        Regex.Match(element, $"""\s{name}="([^"]*)""") is { Success: true } found ? WebUtility.HtmlDecode(found.Groups[1].Value) : null;

    [GeneratedRegex("""<form[^>]*method="post".*?</form>""", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex("<form[^>]*>")]
    private static partial Regex Start();

    [GeneratedRegex("<input[^>]*>")]
    private static partial Regex Input();

    [GeneratedRegex("<button[^>]*>")]
    private static partial Regex Button();

    [GeneratedRegex("[0-9a-f]{32}")]
    private static partial Regex Id();

    [GeneratedRegex("[?&]handler=(?<name>[A-Za-z]+)")]
    private static partial Regex HandlerOf();
}
