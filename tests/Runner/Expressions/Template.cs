using System.Text.RegularExpressions;

namespace Sallyport.Runner.Expressions;

/// <summary>Strings of a workflow with <c>${{ … }}</c> in them, and <c>if:</c> conditions.</summary>
internal static partial class Template
{
    public static string Expand(string text, ExpressionScope scope) =>
        Placeholder().Replace(text, match =>
            Expression.ToText(Expression.Evaluate(match.Groups[1].Value, scope)));

    public static bool HasExpression(string text) => Placeholder().IsMatch(text);

    /// <summary>
    /// The whole text of a condition without <c>${{ }}</c>; a part in braces keeps its meaning in parentheses.
    /// </summary>
    public static string Condition(string? text)
    {
        string condition = text?.Trim() ?? "";
        if (condition.Length == 0)
        {
            return "success()";
        }

        Match whole = Placeholder().Match(condition);
        condition = whole.Success && whole.Length == condition.Length
            ? whole.Groups[1].Value.Trim()
            : Placeholder().Replace(condition, "($1)");
        return StatusFunction().IsMatch(condition) ? condition : $"success() && ({condition})";
    }

    public static bool Decide(string condition, ExpressionScope scope) =>
        Expression.IsTrue(Expression.Evaluate(condition, scope));

    /// <summary>As the service writes it in a job message: <c>format('After {0} expr', github.job)</c>.</summary>
    public static string ToFormat(string text)
    {
        Match whole = Placeholder().Match(text);
        if (whole.Length == text.Length)
        {
            return whole.Groups[1].Value.Trim();
        }

        List<string> values = [];
        string escaped = text.Replace("'", "''", StringComparison.Ordinal);
        string format = Placeholder().Replace(escaped, match =>
        {
            values.Add(match.Groups[1].Value.Trim().Replace("''", "'", StringComparison.Ordinal));
            return $"{{{values.Count - 1}}}";
        });
        return $"format('{format}', {string.Join(", ", values)})";
    }

    [GeneratedRegex(@"\$\{\{(.*?)\}\}", RegexOptions.Singleline)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\b(success|failure|cancelled|always)\s*\(")]
    private static partial Regex StatusFunction();
}
