using System.Reflection;
using GeminiChat.GrainInterfaces;

namespace GeminiChat.Grains.Tests.Contracts;

/// <summary>
/// Walks every type that can cross a grain call or be stored as grain state: two versions of the program read each
/// other's data only as long as these rules hold.
/// </summary>
public sealed class SerializedTypesTests
{
    private const string Canary = "canary";
    private static readonly Guid CanaryId = new("0000ca9a-0000-4000-8000-000000000000");

    private static readonly Assembly[] Ours = [typeof(GrainKeys).Assembly, typeof(GrainServiceCollectionExtensions).Assembly];

    private static readonly ImmutableArray<Type> Reachable = [.. Walk()];

    [Fact]
    public void The_reflection_walk_reaches_grain_calls_and_state()
    {
        var names = Reachable.Select(type => type.Name).ToList();
        Assert.Contains("RoomMessage", names);
        Assert.Contains("PostOutcome", names);
        Assert.Contains("Accepted", names);
        Assert.Contains("PhoneState", names);
        Assert.Contains("StoredCode", names);
        Assert.Contains("StoreUnavailableException", names);
    }

    [Fact]
    public void Every_type_has_GenerateSerializer() =>
        Assert.Empty(Reachable.Where(type => !type.IsEnum && !Has<GenerateSerializerAttribute>(type)));

    [Fact]
    public void Every_type_has_an_alias() =>
        Assert.Empty(Reachable.Where(type => !type.IsEnum && !Has<AliasAttribute>(type)));

    [Fact]
    public void Aliases_are_unique()
    {
        var aliases = Reachable.Where(Has<AliasAttribute>)
            .GroupBy(type => type.GetCustomAttribute<AliasAttribute>(inherit: false)!.Alias)
            .Where(group => group.Count() > 1);
        Assert.Empty(aliases);
    }

    [Fact]
    public void Every_grain_interface_and_method_has_an_alias()
    {
        var unnamed = GrainInterfaces().Where(type => !Has<AliasAttribute>(type)).Select(type => type.Name)
            .Concat(GrainInterfaces().SelectMany(Calls).Where(call => !call.IsDefined(typeof(AliasAttribute))).Select(call => call.Name));
        Assert.Empty(unnamed);
    }

    [Fact]
    public void Every_member_has_a_unique_id()
    {
        var wrong = from type in Reachable
                    let members = Members(type).ToList()
                    let ids = members.Select(member => member.GetCustomAttribute<IdAttribute>()?.Id).ToList()
                    where ids.Contains(null) || ids.Distinct().Count() != ids.Count
                    select type;
        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_member_is_read_only() =>
        Assert.Empty(
            from type in Reachable
            from member in Members(type)
            where !IsReadOnly(member) || IsMutableCollection(member.PropertyType)
            select $"{type.Name}.{member.Name}");

    [Fact]
    public void Every_type_is_marked_immutable() =>
        Assert.Empty(Reachable.Where(type => !type.IsEnum && !typeof(Exception).IsAssignableFrom(type) && !Has<ImmutableAttribute>(type)));

    [Fact]
    public void No_type_prints_a_text_or_a_hash_or_the_id_of_a_request_that_it_holds()
    {
        // Orleans prints the body of a message that it cannot deliver.
        var records = Reachable.Where(type => !type.IsAbstract && !type.IsEnum && !typeof(Exception).IsAssignableFrom(type));
        Assert.DoesNotContain(records, static type => Filled(type).ToString() is { } text
            && (text.Contains(Canary, StringComparison.Ordinal) || text.Contains(CanaryId.ToString(), StringComparison.Ordinal)));
    }

    private static object Filled(Type type)
    {
        var filled = System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type);
        foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public))
        {
            if (field.FieldType == typeof(string))
            {
                field.SetValue(filled, Canary);
            }
            else if (field.Name.Contains("RequestId", StringComparison.Ordinal))
            {
                field.SetValue(filled, CanaryId);
            }
            else if (Ours.Contains(field.FieldType.Assembly) && field.FieldType is { IsClass: true, IsAbstract: false })
            {
                field.SetValue(filled, Filled(field.FieldType));
            }
        }

        return filled;
    }

    private static IEnumerable<Type> GrainInterfaces() =>
        Ours.SelectMany(assembly => assembly.GetTypes()).Where(type => type.IsInterface && typeof(IGrain).IsAssignableFrom(type));

    private static IEnumerable<MethodInfo> Calls(Type grain) =>
        grain.GetMethods(BindingFlags.Instance | BindingFlags.Public);

    private static IEnumerable<Type> Walk()
    {
        var found = new HashSet<Type>();
        var open = new Queue<Type>(
            GrainInterfaces().SelectMany(Calls)
                .SelectMany(call => call.GetParameters().Select(parameter => parameter.ParameterType).Append(call.ReturnType))
                .Concat(StateTypes())
                .Concat(Ours.SelectMany(assembly => assembly.GetTypes()).Where(IsExceptionThatCrosses)));
        while (open.TryDequeue(out var type))
        {
            foreach (var part in Unwrap(type).Where(part => Ours.Contains(part.Assembly) && !part.IsInterface && found.Add(part)))
            {
                Members(part).Select(member => member.PropertyType).ToList().ForEach(open.Enqueue);
                part.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic).Where(part.IsAssignableFrom).ToList().ForEach(open.Enqueue);
            }
        }

        return found;
    }

    private static bool IsExceptionThatCrosses(Type type) =>
        typeof(Exception).IsAssignableFrom(type) && type.Assembly == typeof(GrainKeys).Assembly;

    private static IEnumerable<Type> StateTypes() =>
        from type in typeof(GrainServiceCollectionExtensions).Assembly.GetTypes()
        where typeof(IGrainBase).IsAssignableFrom(type)
        from constructor in type.GetConstructors()
        from parameter in constructor.GetParameters()
        where parameter.IsDefined(typeof(PersistentStateAttribute))
        select parameter.ParameterType;

    private static IEnumerable<Type> Unwrap(Type type)
    {
        if (type.IsArray)
        {
            return Unwrap(type.GetElementType()!);
        }

        return type.IsGenericType ? type.GetGenericArguments().SelectMany(Unwrap).Append(type) : [type];
    }

    private static IEnumerable<PropertyInfo> Members(Type type) =>
        typeof(Exception).IsAssignableFrom(type)
            ? []
            : type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                .Where(property => property.Name != "EqualityContract" && property.GetIndexParameters().Length == 0);

    private static bool Has<TAttribute>(MemberInfo type)
        where TAttribute : Attribute => type.IsDefined(typeof(TAttribute), inherit: false);

    private static bool IsReadOnly(PropertyInfo member) =>
        member.SetMethod is not { } setter
        || setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.CompilerServices.IsExternalInit));

    private static bool IsMutableCollection(Type type) =>
        type.IsArray || (type != typeof(string)
            && typeof(System.Collections.IEnumerable).IsAssignableFrom(type)
            && type.Namespace != typeof(ImmutableArray).Namespace);
}
