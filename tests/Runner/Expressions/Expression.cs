using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sallyport.Runner.Expressions;

/// <summary>
/// The part of GitHub's expressions that test workflows need: literals, contexts, <c>( ) ! == != &amp;&amp; ||</c> and
/// the four status functions. Everything else (format, contains, fromJSON, hashFiles, &lt;, indexing …) is refused.
/// </summary>
internal sealed partial class Expression
{
    private readonly List<string> _tokens;
    private readonly string _text;
    private readonly ExpressionScope _scope;
    private int _next;

    private Expression(string text, ExpressionScope scope)
    {
        _text = text;
        _scope = scope;
        _tokens = [];
        int at = 0;
        foreach (Match match in Token().Matches(text))
        {
            if (match.Index != at)
            {
                throw Refuse(text[at..match.Index]);
            }

            at += match.Length;
            if (match.Groups[1].Success)
            {
                _tokens.Add(match.Groups[1].Value);
            }
        }

        if (at != text.Length)
        {
            throw Refuse(text[at..]);
        }
    }

    private string? Current => _next < _tokens.Count ? _tokens[_next] : null;

    /// <returns>null, a bool, a double, a string, or a <see cref="JsonNode"/> that is none of these.</returns>
    public static object? Evaluate(string text, ExpressionScope scope)
    {
        Expression expression = new(text, scope);
        object? value = expression.Or();
        return expression.Current is { } rest ? throw expression.Refuse(rest) : value;
    }

    public static bool IsTrue(object? value) => value switch
    {
        null => false,
        bool truth => truth,
        double number => number != 0 && !double.IsNaN(number),
        string text => text.Length > 0,
        _ => true,
    };

    public static string ToText(object? value) => value switch
    {
        null => "",
        bool truth => truth ? "true" : "false",
        double number => number.ToString("G15", CultureInfo.InvariantCulture),
        string text => text,
        JsonArray => "Array",
        _ => "Object",
    };

    private object? Or()
    {
        object? left = And();
        while (Take("||"))
        {
            object? right = And();
            left = IsTrue(left) ? left : right;
        }

        return left;
    }

    private object? And()
    {
        object? left = Equality();
        while (Take("&&"))
        {
            object? right = Equality();
            left = IsTrue(left) ? right : left;
        }

        return left;
    }

    private object? Equality()
    {
        object? left = Unary();
        while (true)
        {
            if (Take("=="))
            {
                left = AreEqual(left, Unary());
            }
            else if (Take("!="))
            {
                left = !AreEqual(left, Unary());
            }
            else
            {
                return left;
            }
        }
    }

    private object? Unary()
    {
        if (Take("!"))
        {
            return !IsTrue(Unary());
        }

        if (!Take("("))
        {
            return Primary();
        }

        object? inner = Or();
        return Take(")") ? inner : throw Refuse("a missing )");
    }

    private object? Primary()
    {
        string token = Current ?? throw Refuse("an end where a value is expected");
        _next++;
        if (token[0] == '\'')
        {
            return token[1..^1].Replace("''", "'", StringComparison.Ordinal);
        }

        if (double.TryParse(token, CultureInfo.InvariantCulture, out double number))
        {
            return number;
        }

        if (Take("("))
        {
            return Take(")") ? Status(token) : throw Refuse($"{token}( with arguments");
        }

        return token switch
        {
            "true" => true,
            "false" => false,
            "null" => null,
            _ when char.IsAsciiLetter(token[0]) || token[0] == '_' => Plain(_scope.Look(token)),
            _ => throw Refuse(token),
        };
    }

    private bool Status(string function) => function switch
    {
        "success" => _scope is { Failed: false, Cancelled: false },
        "failure" => _scope is { Failed: true, Cancelled: false },
        "cancelled" => _scope.Cancelled,
        "always" => true,
        _ => throw Refuse($"{function}()"),
    };

    private static object? Plain(JsonNode? node) => node?.GetValueKind() switch
    {
        null or JsonValueKind.Null => null,
        // Cast: every arm would be turned into a JsonNode otherwise.
        JsonValueKind.True or JsonValueKind.False => (object)node.GetValue<bool>(),
        JsonValueKind.Number => double.Parse(node.ToJsonString(), CultureInfo.InvariantCulture),
        JsonValueKind.String => node.GetValue<string>(),
        _ => node,
    };

    private static bool AreEqual(object? left, object? right) =>
        left is string a && right is string b
            ? a.Equals(b, StringComparison.OrdinalIgnoreCase)
            : left?.GetType() == right?.GetType() ? Equals(left, right) : ToNumber(left).Equals(ToNumber(right));

    /// <summary>GitHub compares values of different types as numbers; NaN equals nothing here.</summary>
    private static double? ToNumber(object? value) => value switch
    {
        null => 0,
        bool truth => truth ? 1 : 0,
        double number => number,
        string { Length: 0 } => 0,
        string text when double.TryParse(text, CultureInfo.InvariantCulture, out double number) => number,
        string => null,
        _ => double.PositiveInfinity,
    };

    private bool Take(string token)
    {
        bool found = Current == token;
        _next += found ? 1 : 0;
        return found;
    }

    private RunnerException Refuse(string what) => new(
        $"expression '{_text}': the stand-in does not know {what.Trim()}. "
        + "It knows literals, context.name, ( ), !, ==, !=, &&, ||, success(), failure(), cancelled(), always().");

    [GeneratedRegex(@"\s+|('(?:[^']|'')*'|==|!=|&&|\|\||[!()]|-?\d+(?:\.\d+)?|[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)")]
    private static partial Regex Token();
}
