package dev.latchkey.platform.db;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import org.hibernate.engine.spi.LoadQueryInfluencers;
import org.hibernate.query.hql.internal.StandardHqlTranslator;
import org.hibernate.query.spi.QueryOptions;
import org.hibernate.query.spi.QueryParameterBindings;
import org.hibernate.query.sqm.internal.DomainParameterXref;
import org.hibernate.query.sqm.sql.SqmTranslator;
import org.hibernate.query.sqm.sql.StandardSqmTranslatorFactory;
import org.hibernate.query.sqm.tree.SqmDmlStatement;
import org.hibernate.query.sqm.tree.SqmStatement;
import org.hibernate.query.sqm.tree.select.SqmSelectStatement;
import org.hibernate.sql.ast.spi.SqlAstCreationContext;
import org.hibernate.sql.ast.tree.MutationStatement;
import org.hibernate.sql.ast.tree.select.SelectStatement;

/**
 * Leaves Hibernate's query language out of the executable, its parser and what makes SQL of it: all queries are SQL
 * (docs/adr/0013-queries-are-sql.md), which a rule of the architecture holds.
 */
final class NoQueryLanguage {

    private NoQueryLanguage() {}

    private static UnsupportedOperationException refused() {
        return new UnsupportedOperationException("queries are SQL: Hibernate's language is not in the executable");
    }

    @TargetClass(StandardHqlTranslator.class)
    static final class Translator {

        @Substitute
        public <R> SqmStatement<R> translate(String query, Class<R> expectedResultType) {
            throw refused();
        }
    }

    @TargetClass(StandardSqmTranslatorFactory.class)
    static final class TranslatorFactory {

        @Substitute
        public SqmTranslator<SelectStatement> createSelectTranslator(
                SqmSelectStatement<?> statement,
                QueryOptions options,
                DomainParameterXref parameters,
                QueryParameterBindings bindings,
                LoadQueryInfluencers influencers,
                SqlAstCreationContext context,
                boolean deduplicate) {
            throw refused();
        }

        @Substitute
        public SqmTranslator<? extends MutationStatement> createMutationTranslator(
                SqmDmlStatement<?> statement,
                QueryOptions options,
                DomainParameterXref parameters,
                QueryParameterBindings bindings,
                LoadQueryInfluencers influencers,
                SqlAstCreationContext context) {
            throw refused();
        }
    }
}
