using System.Collections.Immutable;

namespace Sallyport.Policy.Linting;

/// <summary>Warnings on a document that is valid. None of them changes a verdict.</summary>
public static class PolicyLinter
{
    /// <summary>Lints a document.</summary>
    /// <param name="document">Without mistakes.</param>
    /// <param name="context">What is known besides.</param>
    /// <returns>In the order of the document: lists, blocks, then the whole.</returns>
    public static ImmutableArray<PolicyWarning> Lint(PolicyDocument document, LintContext context)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(context);
        var warnings = new List<PolicyWarning>();
        LintList(document.Allow, context, warnings);
        foreach (PolicyBlock block in document.Steps.Concat(document.Processes))
        {
            LintList(block.Allow ?? [], context, warnings);
        }
        warnings.AddRange(RuleLints.Repeated(document.Deny));
        warnings.AddRange(RuleLints.Repeated(document.Inbound));
        warnings.AddRange(DocumentLints.Denied(document));
        warnings.AddRange(DocumentLints.Executables(document));
        warnings.AddRange(DocumentLints.Detections(document));
        warnings.AddRange(DocumentLints.Proxies(document, context));
        return [.. warnings];
    }

    private static void LintList(ImmutableArray<PolicyRule> rules, LintContext context, List<PolicyWarning> warnings)
    {
        foreach (PolicyRule rule in rules.Where(rule => rule.Origin.Group is null))
        {
            warnings.AddRange(RuleLints.OfRule(rule, context));
        }
        warnings.AddRange(RuleLints.Repeated(rules));
    }
}
