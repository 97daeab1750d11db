using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Sallyport.Policy.Compiling;

/// <summary>An immutable set of rule numbers 0 to 511; word i, bit j is rule 64 * i + j, as in the kernel's maps.</summary>
public readonly record struct RuleSet
{
    /// <summary>Words of 64 bits.</summary>
    public const int WordCount = 8;

    /// <summary>Rules that fit.</summary>
    public const int Capacity = WordCount * 64;

    private readonly RuleWords words;

    private RuleSet(RuleWords words)
    {
        this.words = words;
    }

    /// <summary>No rule.</summary>
    public static RuleSet None => default;

    /// <summary>The words in the order of the kernel's map.</summary>
    [UnscopedRef]
    public ReadOnlySpan<ulong> Words => words;

    /// <summary>Whether no rule is in the set.</summary>
    public bool IsEmpty => !Words.ContainsAnyExcept(0UL);

    /// <summary>Rules in the set.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            foreach (ulong word in Words)
            {
                count += BitOperations.PopCount(word);
            }
            return count;
        }
    }

    /// <summary>The lowest rule number, or -1.</summary>
    public int LowestSet
    {
        get
        {
            int word = Words.IndexOfAnyExcept(0UL);
            return word < 0 ? -1 : (word * 64) + BitOperations.TrailingZeroCount(Words[word]);
        }
    }

    /// <summary>The set of some rules.</summary>
    /// <param name="rules">Each 0 to 511.</param>
    public static RuleSet Of(params IEnumerable<int> rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        var words = default(RuleWords);
        foreach (int rule in rules)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(rule);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rule, Capacity);
            words[rule / 64] |= 1UL << (rule % 64);
        }
        return new RuleSet(words);
    }

    /// <summary>A set out of the kernel's words.</summary>
    /// <param name="words">Exactly <see cref="WordCount"/>.</param>
    public static RuleSet FromWords(ReadOnlySpan<ulong> words)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(words.Length, WordCount);
        var copy = default(RuleWords);
        words.CopyTo(copy);
        return new RuleSet(copy);
    }

    /// <summary>Rules in both.</summary>
    /// <param name="other">Another set.</param>
    public RuleSet And(RuleSet other)
    {
        var result = default(RuleWords);
        for (int i = 0; i < WordCount; i++)
        {
            result[i] = words[i] & other.words[i];
        }
        return new RuleSet(result);
    }

    /// <summary>Rules in either.</summary>
    /// <param name="other">Another set.</param>
    public RuleSet Or(RuleSet other)
    {
        var result = default(RuleWords);
        for (int i = 0; i < WordCount; i++)
        {
            result[i] = words[i] | other.words[i];
        }
        return new RuleSet(result);
    }

    /// <summary>Rules in this set and not in the other.</summary>
    /// <param name="other">Another set.</param>
    public RuleSet Except(RuleSet other)
    {
        var result = default(RuleWords);
        for (int i = 0; i < WordCount; i++)
        {
            result[i] = words[i] & ~other.words[i];
        }
        return new RuleSet(result);
    }

    /// <summary>Whether the rule is in the set.</summary>
    /// <param name="rule">Any number; one outside 0 to 511 is in no set.</param>
    public bool Contains(int rule) =>
        rule is >= 0 and < Capacity && (words[rule / 64] & (1UL << (rule % 64))) != 0;

    /// <inheritdoc/>
    public bool Equals(RuleSet other) => Words.SequenceEqual(other.Words);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (ulong word in Words)
        {
            hash.Add(word);
        }
        return hash.ToHashCode();
    }

    /// <summary>The numbers, for messages: <c>{0, 5}</c>.</summary>
    public override string ToString()
    {
        RuleSet self = this;
        return $"{{{string.Join(", ", Enumerable.Range(0, Capacity).Where(rule => self.Contains(rule)))}}}";
    }
}
